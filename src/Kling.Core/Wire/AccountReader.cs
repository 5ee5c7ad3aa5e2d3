using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Wire;

/// <summary>
/// Reads the answer to <c>accountManagement</c> (protocol note, account). The same object also holds the members' e-mail
/// addresses and the prefixes of the keys. They are never read, so that they cannot be shown by mistake.
/// </summary>
internal static class AccountReader
{
    private const int LongestName = 200;

    private static readonly Regex s_mailAddress = new(@"[^\s@<>()""']+@[^\s@<>()""']+", RegexOptions.CultureInvariant);

    /// <summary>The account; null when the item of <c>data</c> does not describe one.</summary>
    internal static KlingAccount? Read(JsonElement item, Redactor redactor)
    {
        bool hasBalance = JsonRead.TryGet(item, "balance", out JsonElement balance);
        bool hasUsage = JsonRead.TryGet(item, "usage", out JsonElement usage);
        bool isAccount = string.Equals(JsonRead.Word(item, "taskType"), "accountManagement", StringComparison.OrdinalIgnoreCase);
        if (!(isAccount ? hasBalance || hasUsage : hasBalance && hasUsage))
        {
            return null;
        }

        // The balance is a number in one source and an object in two others.
        bool isObject = balance.ValueKind == JsonValueKind.Object;
        JsonElement details = isObject ? balance : item;
        return new KlingAccount
        {
            OrganizationName = Name(item, redactor),
            Balance = isObject ? JsonRead.Decimal(balance, "amount") ?? JsonRead.Decimal(balance, "balance") : JsonRead.Decimal(item, "balance"),
            FreeBalance = JsonRead.Decimal(details, "freeBalance"),
            Currency = JsonRead.Text(details, "currency") is string currency && currency.Length <= 10 ? ConsoleText.Of(redactor.Clean(currency)) : null,
            CreditsToday = Credits(usage, "today"),
            RequestsToday = Requests(usage, "today"),
            CreditsLast7Days = Credits(usage, "last7Days"),
            RequestsLast7Days = Requests(usage, "last7Days"),
            CreditsLast30Days = Credits(usage, "last30Days"),
            RequestsLast30Days = Requests(usage, "last30Days"),
            CreditsTotal = Credits(usage, "total"),
            RequestsTotal = Requests(usage, "total"),
        };
    }

    private static decimal? Credits(JsonElement usage, string span) => JsonRead.Decimal(JsonRead.Get(usage, span), "credits");

    private static long? Requests(JsonElement usage, string span) => JsonRead.Whole(JsonRead.Get(usage, span), "requests");

    // A private account may be named after its owner's address.
    private static string? Name(JsonElement item, Redactor redactor) => JsonRead.Text(item, "organizationName") is string name
        ? ErrorReader.Shorten(s_mailAddress.Replace(ConsoleText.Of(redactor.Clean(name)), "***"), LongestName)
        : null;
}
