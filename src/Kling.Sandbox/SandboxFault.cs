using System.Globalization;
using Kling.Sandbox.Faults;

namespace Kling.Sandbox;

/// <summary>One scripted fault: what goes wrong, where, and how often. Written as text it is <c>Kind[:Target[:Times[:RetryAfterSeconds]]]</c>.</summary>
public sealed class SandboxFault
{
    /// <summary>Describes a fault.</summary>
    /// <param name="kind">What goes wrong.</param>
    /// <param name="times">How many requests (or accepted tasks, for kinds about a task's outcome) it strikes; -1 strikes until the faults are cleared.</param>
    /// <param name="target">Which requests it strikes.</param>
    /// <param name="retryAfterSeconds">Seconds to announce, for the kinds that announce a time; 1 when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is neither -1 nor positive, or the seconds are negative.</exception>
    /// <exception cref="ArgumentException">The kind cannot strike the target.</exception>
    public SandboxFault(SandboxFaultKind kind, int times = 1, SandboxFaultTarget target = SandboxFaultTarget.Default, double? retryAfterSeconds = null)
    {
        if (times is 0 or < -1)
        {
            throw new ArgumentOutOfRangeException(nameof(times), times, "Times must be positive, or -1 for always.");
        }

        if (retryAfterSeconds is < 0 or double.NaN or double.PositiveInfinity)
        {
            throw new ArgumentOutOfRangeException(nameof(retryAfterSeconds), retryAfterSeconds, "The seconds must be zero or more.");
        }

        if (!FaultTargets.Allows(kind, target))
        {
            throw new ArgumentException($"{kind} cannot strike {target}; it can strike {FaultTargets.Describe(kind)}.", nameof(target));
        }

        Kind = kind;
        Times = times;
        Target = target;
        RetryAfterSeconds = retryAfterSeconds;
    }

    /// <summary>What goes wrong.</summary>
    public SandboxFaultKind Kind { get; }

    /// <summary>How often; -1 is always.</summary>
    public int Times { get; }

    /// <summary>Where.</summary>
    public SandboxFaultTarget Target { get; }

    /// <summary>Announced seconds; null means 1.</summary>
    public double? RetryAfterSeconds { get; }

    /// <summary>Reads text such as <c>LostAckAfterAccept:Submit:2</c>. Names may be in any case; a part left empty keeps its default.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text names no such kind or target, a number cannot be read, or they do not go together.</exception>
    public static SandboxFault Parse(string text)
    {
        string[] parts = (text ?? string.Empty).Split(':');
        if (parts.Length > 4)
        {
            throw new FormatException("A fault is written Kind[:Target[:Times[:RetryAfterSeconds]]].");
        }

        SandboxFaultKind kind = ParseName<SandboxFaultKind>(parts[0], "kind");
        SandboxFaultTarget target = Given(parts, 1) is { } name ? ParseName<SandboxFaultTarget>(name, "target") : SandboxFaultTarget.Default;
        int times = 1;
        if (Given(parts, 2) is { } count && !int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out times))
        {
            throw new FormatException($"'{count}' is not a number of times.");
        }

        double? seconds = null;
        if (Given(parts, 3) is { } wait)
        {
            seconds = double.TryParse(wait, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double read)
                ? read
                : throw new FormatException($"'{wait}' is not a number of seconds.");
        }

        try
        {
            return new SandboxFault(kind, times, target, seconds);
        }
        catch (ArgumentException invalid)
        {
            throw new FormatException(invalid.Message, invalid);
        }
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        string text = FormattableString.Invariant($"{Kind}:{Target}:{Times}");
        return RetryAfterSeconds is { } seconds ? FormattableString.Invariant($"{text}:{seconds}") : text;
    }

    private static string? Given(string[] parts, int index) =>
        index < parts.Length && !string.IsNullOrWhiteSpace(parts[index]) ? parts[index].Trim() : null;

    private static T ParseName<T>(string name, string what)
        where T : struct, Enum
    {
        // By name only: Enum.TryParse would also take "3" or "Reset, Stall".
        string? known = Array.Find(Enum.GetNames<T>(), candidate => string.Equals(candidate, name.Trim(), StringComparison.OrdinalIgnoreCase));
        return known is null
            ? throw new FormatException($"'{name}' is no fault {what}. Allowed: {string.Join(", ", Enum.GetNames<T>())}.")
            : Enum.Parse<T>(known);
    }
}

/// <summary>Which requests a fault strikes.</summary>
public enum SandboxFaultTarget
{
    /// <summary>The kind's own target, named at each <see cref="SandboxFaultKind"/>.</summary>
    Default,

    /// <summary>A request with a <c>videoInference</c> task, before it is accepted.</summary>
    Submit,

    /// <summary>A request with a <c>videoInference</c> task, after it was accepted: the task runs and is billed, the reply is the fault.</summary>
    SubmitAccepted,

    /// <summary>A request with <c>getResponse</c>.</summary>
    Poll,

    /// <summary>A request with <c>getTaskDetails</c>.</summary>
    Details,

    /// <summary>A GET or HEAD of a video.</summary>
    Download,

    /// <summary>Whatever request comes next.</summary>
    Any,
}
