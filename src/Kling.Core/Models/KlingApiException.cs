namespace Kling.Models;

/// <summary>A call to the service that did not do what was asked.</summary>
public sealed class KlingApiException : Exception
{
    /// <summary>Creates the exception.</summary>
    public KlingApiException(string message, string category, string billingState, Exception? innerException = null)
        : base(ConsoleText.Of(message), innerException)
    {
        Category = category;
        BillingState = billingState;
    }

    /// <summary>What kind of failure it is: one of <see cref="KlingErrorCategory"/>.</summary>
    public string Category { get; }

    /// <summary>What is known about the money of the call: one of <see cref="Models.BillingState"/>.</summary>
    public string BillingState { get; }

    /// <summary>The service's own errors, if it gave any.</summary>
    public IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>The task concerned.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>HTTP status of the reply; null when there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Tasks the service had accepted before a batch was ended, so that they can be waited for.</summary>
    public IReadOnlyList<KlingTask> Tasks { get; set; } = [];
}
