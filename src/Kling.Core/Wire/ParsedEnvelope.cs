using Kling.Models;

namespace Kling.Wire;

/// <summary>What a reply's body says.</summary>
internal sealed class ParsedEnvelope
{
    /// <summary>A body that is no envelope: HTML, nothing, broken or foreign JSON.</summary>
    internal static ParsedEnvelope Unreadable { get; } = new();

    /// <summary>Whether the body is an envelope at all.</summary>
    internal bool IsEnvelope { get; init; }

    /// <summary>The items that are not failures; videos once each.</summary>
    internal IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>All errors, whichever shape carried them; one failure told in two places is one.</summary>
    internal IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>What the archive holds, where the reply answers <c>getTaskDetails</c>.</summary>
    internal StoredReply? Stored { get; init; }

    /// <summary>The account, where the reply answers <c>accountManagement</c>.</summary>
    internal KlingAccount? Account { get; init; }
}
