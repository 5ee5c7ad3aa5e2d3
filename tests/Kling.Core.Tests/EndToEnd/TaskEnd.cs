namespace Kling.Core.Tests.EndToEnd;

/// <summary>How the struck task of a case must end.</summary>
internal enum TaskEnd
{
    Succeeded,
    Partial,
    Failed,
    Open,
    NotCharged,

    /// <summary>The service said the id is in use, and it is not known by whom.</summary>
    Unknown,
}
