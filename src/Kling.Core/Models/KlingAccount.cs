namespace Kling.Models;

/// <summary>
/// The account behind the key: balance and usage. What the service also tells (members with their e-mail addresses, keys)
/// is never read.
/// </summary>
public sealed class KlingAccount
{
    /// <summary>The organisation's name; an e-mail address in it is masked.</summary>
    public string? OrganizationName { get; init; }

    /// <summary>What can be spent, in <see cref="Currency"/> (USD where the service names none); null when it was not told.</summary>
    public decimal? Balance { get; init; }

    /// <summary>The part of it that was given for free; null where the service does not tell it apart.</summary>
    public decimal? FreeBalance { get; init; }

    /// <summary>The currency as the service names it, for example <c>USD</c>; null when it names none.</summary>
    public string? Currency { get; init; }

    /// <summary>Credits used today, as the service counts days; null when it was not told.</summary>
    public decimal? CreditsToday { get; init; }

    /// <summary>Requests made today; null when it was not told.</summary>
    public long? RequestsToday { get; init; }

    /// <summary>Credits used in the last 7 days; null when it was not told.</summary>
    public decimal? CreditsLast7Days { get; init; }

    /// <summary>Requests made in the last 7 days; null when it was not told.</summary>
    public long? RequestsLast7Days { get; init; }

    /// <summary>Credits used in the last 30 days; null when it was not told.</summary>
    public decimal? CreditsLast30Days { get; init; }

    /// <summary>Requests made in the last 30 days; null when it was not told.</summary>
    public long? RequestsLast30Days { get; init; }

    /// <summary>Credits used since the account exists; null when it was not told.</summary>
    public decimal? CreditsTotal { get; init; }

    /// <summary>Requests made since the account exists; null when it was not told.</summary>
    public long? RequestsTotal { get; init; }

    /// <summary>The API address that was asked.</summary>
    public string? Endpoint { get; internal set; }
}
