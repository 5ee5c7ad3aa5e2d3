using Kling.Models;

namespace Kling.Journal;

/// <summary>One line, read.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Task">The request and state the line holds; what it does not hold is null.</param>
/// <param name="Status">The status the line holds; null when none, or one of a later version.</param>
/// <param name="Billing">The billing state the line holds; null when none, or one of a later version.</param>
internal sealed record JournalRecord(JournalEvent Event, KlingTask Task, KlingTaskStatus? Status, BillingState? Billing);
