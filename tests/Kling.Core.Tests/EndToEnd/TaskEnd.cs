namespace Kling.Core.Tests.EndToEnd;

/// <summary>How the struck task of a case must end.</summary>
internal enum TaskEnd
{
    Succeeded,
    Partial,
    Failed,
    Open,
    NotCharged,
}
