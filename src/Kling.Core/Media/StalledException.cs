namespace Kling.Media;

/// <summary>The host sent nothing for too long.</summary>
internal sealed class StalledException : IOException
{
    internal StalledException(TimeSpan patience)
        : base(FormattableString.Invariant($"nothing arrived for {patience.TotalSeconds:0} s"))
    {
    }
}
