namespace Kling.Binding;

/// <summary>Seconds as a number, or a TimeSpan; a bare number is never ticks.</summary>
internal sealed class TimeoutCellAttribute() : CellAttribute("Timeout")
{
    private protected override string Allowed => "seconds (0 looks once, -1 has no limit) or a TimeSpan";

    private protected override object? Read(object value)
    {
        decimal? seconds = value is TimeSpan span ? (decimal)span.TotalSeconds : StrictNumber.Read(value);
        return seconds is decimal s && s <= 31_536_000m && (s >= 0 || s == -1m) ? seconds : null;
    }
}
