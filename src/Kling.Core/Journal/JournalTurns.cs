using System.Collections.Concurrent;

namespace Kling.Journal;

/// <summary>One lock per journal file and process.</summary>
internal static class JournalTurns
{
    private static readonly ConcurrentDictionary<string, object> s_turns = new(StringComparer.Ordinal);

    internal static object For(string fullPath) => s_turns.GetOrAdd(fullPath, _ => new object());
}
