using System.Runtime.InteropServices;

namespace Kling.Pipeline;

/// <summary>How far a cmdlet is.</summary>
/// <param name="Status">What to say about it.</param>
/// <param name="Percent">0 to 100; -1 where the whole is not known.</param>
/// <param name="SecondsRemaining">Seconds to the end; -1 where they are not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProgressState(string Status, int Percent = -1, int SecondsRemaining = -1)
{
    /// <summary>So many of so many; the whole may not be known yet.</summary>
    internal static int PercentOf(int done, int? all) => all is int whole ? Math.Min(100, 100 * done / Math.Max(1, whole)) : -1;
}
