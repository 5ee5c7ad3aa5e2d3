namespace Kling.Models;

/// <summary>What is known about the money of a task or an error.</summary>
public enum BillingState
{
    /// <summary>Nothing was charged: the request was never sent, or the service refused it.</summary>
    NotCharged,

    /// <summary>It could not be found out whether the service accepted, and so charges, the task.</summary>
    Unknown,

    /// <summary>The service accepted the task; a cost was not reported (yet).</summary>
    Accepted,

    /// <summary>The service reported a cost.</summary>
    Billed,
}
