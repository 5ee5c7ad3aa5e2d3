namespace Kling.Sandbox;

/// <summary>What happens to a submit whose <c>taskUUID</c> was accepted before. Sources disagree on the service, so both are here.</summary>
public enum RepeatedIdMode
{
    /// <summary>The repeat is refused with HTTP 400 <c>conflictTaskUUID</c>, and nothing more is billed (protocol note, errors).</summary>
    Refuse,

    /// <summary>The repeat is run and billed again under the same id; looks show the newest run. The worst case for a client that re-sends.</summary>
    Charge,
}
