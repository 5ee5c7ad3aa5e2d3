using System.Collections;
using System.Globalization;
using Kling.Requests;

namespace Kling.Formatting;

/// <summary>
/// Values as the default views show them: the same in every culture, and never an exception. A value may be null, and it may
/// be of another type than the property once had: an object that comes from a job or a file is a copy whose types are simpler.
/// </summary>
public static class KlingFormat
{
    /// <summary>A text from outside in one line, with what a terminal must not get written out; empty where there is none.</summary>
    /// <param name="text">The text, a list of texts, or null.</param>
    public static string Shown(object? text) => ConsoleText.Of(Joined(text, " "));

    /// <summary>The same, with the text's own line ends, and a line for each item of a list.</summary>
    /// <param name="text">The text, a list of texts, or null.</param>
    public static string Lines(object? text) => ConsoleText.Lines(Joined(text, "\n"));

    /// <summary>An amount of money with four decimals, without its unit; empty where there is none.</summary>
    /// <param name="amount">The amount, or null.</param>
    public static string Money(object? amount) => Text(amount, "0.0000");

    /// <summary>A price with four decimals, without its unit; <c>unknown</c> where it is not known.</summary>
    /// <param name="price">The price, or null.</param>
    public static string Price(object? price) => price is null ? "unknown" : Money(price);

    /// <summary>A sum of prices, and how many more are not known: <c>0.5500 + 1 unknown</c>. A price that is not known is <c>unknown</c>.</summary>
    /// <param name="sum">The sum, or null.</param>
    /// <param name="unknown">How many prices are not known, or null.</param>
    public static string Sum(object? sum, object? unknown) => (Money(sum), Number(unknown)) switch
    {
        ("", "" or "0" or "1") => Price(null),
        ("", string count) => $"{count} unknown",
        (string known, "" or "0") => known,
        (string known, string count) => $"{known} + {count} unknown",
    };

    /// <summary>What a task costs: what was billed, else the list price behind a <c>~</c>, else <c>unknown</c>.</summary>
    /// <param name="billed">The billed cost, or null.</param>
    /// <param name="listPrice">The estimated cost, or null.</param>
    public static string Cost(object? billed, object? listPrice) =>
        billed is not null ? Money(billed) : listPrice is not null ? "~" + Money(listPrice) : "unknown";

    /// <summary>A number with at most two decimals; empty where there is none.</summary>
    /// <param name="number">The number, or null.</param>
    public static string Number(object? number) => Text(number, "0.##");

    /// <summary>The seconds of a video: those that were asked for, else the model's own; empty where neither is known.</summary>
    /// <param name="duration">The duration of the request in seconds, or null.</param>
    /// <param name="model">The model's id, or null.</param>
    public static string Seconds(object? duration, string? model) => Number(duration ?? ModelSpec.Find(model)?.DefaultDuration);

    /// <summary>A date and a time with its offset from UTC; empty where there is none.</summary>
    /// <param name="time">The time, or null.</param>
    public static string Time(object? time) => Text(CopiedTime.Read(time) ?? time, "yyyy-MM-dd HH:mm:ss zzz");

    /// <summary>A date and a time without an offset, for a column that names it; empty where there is none.</summary>
    /// <param name="time">The time, or null.</param>
    public static string DateAndTime(object? time) => Text(CopiedTime.Read(time) ?? time, "yyyy-MM-dd HH:mm:ss");

    /// <summary>A time of day without an offset, for a column that names it; empty where there is none.</summary>
    /// <param name="time">The time, or null.</param>
    public static string TimeOfDay(object? time) => Text(CopiedTime.Read(time) ?? time, "HH:mm:ss");

    /// <summary>
    /// How long ago something was, in the largest unit that is whole: <c>59s</c>, <c>59m</c>, <c>23h</c> or <c>2d</c>.
    /// A time in the future is <c>0s</c>. Empty where there is no time.
    /// </summary>
    /// <param name="time">The time, or null.</param>
    /// <param name="now">The time now.</param>
    public static string Age(object? time, DateTimeOffset now)
    {
        if (CopiedTime.Read(time) is not DateTimeOffset then)
        {
            return "";
        }

        TimeSpan age = now > then ? now - then : TimeSpan.Zero;
        (double count, char unit) = age switch
        {
            { TotalMinutes: < 1 } => (age.TotalSeconds, 's'),
            { TotalHours: < 1 } => (age.TotalMinutes, 'm'),
            { TotalDays: < 1 } => (age.TotalHours, 'h'),
            _ => (age.TotalDays, 'd'),
        };
        return Text(Math.Floor(count), "0") + unit;
    }

    /// <summary>The size of a file: whole <c>KB</c>, rounded up, and from 1 MB on <c>MB</c> with one decimal; empty where there is none.</summary>
    /// <param name="bytes">The size in bytes, or null.</param>
    public static string Bytes(object? bytes) => bytes switch
    {
        int size => Bytes((long)size),
        long size and < 1024 * 1024 => Text(Math.Ceiling(size / 1024.0), "0") + " KB",
        long size => Text(size / (1024.0 * 1024.0), "0.0") + " MB",
        _ => Text(bytes, "0"),
    };

    /// <summary>The sides of a picture as <c>1280x720</c>; empty where the width is not known.</summary>
    /// <param name="width">The width in pixels, or null.</param>
    /// <param name="height">The height in pixels, or null.</param>
    public static string Sides(object? width, object? height) => width is null ? "" : $"{Number(width)}x{Number(height)}";

    /// <summary>The last part of a path of any system, or of an address; empty where there is none.</summary>
    /// <param name="path">The path, or null.</param>
    public static string FileName(string? path) => path is null ? "" : ConsoleText.Of(path[(path.LastIndexOfAny(['/', '\\']) + 1)..]);

    /// <summary>The state of a task in one word of at most 10 letters. Finished ones have a colour where the host shows colours.</summary>
    /// <param name="status">The name of the state, or null.</param>
    /// <param name="colours">Whether the host understands colours.</param>
    public static string Status(string? status, bool colours)
    {
        // The codes are those of $PSStyle.Foreground. PowerShell takes them out where its user wants plain text.
        (string word, string colour) = status switch
        {
            "Succeeded" => (status, "\u001b[32m"),
            "Failed" or "Unknown" => (status, "\u001b[31m"),
            "PartiallySucceeded" => ("Partial", "\u001b[33m"),
            _ => (ConsoleText.Of(status), ""),
        };
        return colours && colour.Length > 0 ? $"{colour}{word}\u001b[0m" : word;
    }

    /// <summary>Any value: a time with its offset, a number with at most two decimals, a line for each item of a list, and texts as they may be shown.</summary>
    /// <param name="value">The value, or null.</param>
    public static string Any(object? value) => value switch
    {
        null => "",
        bool or TimeSpan or Guid or Enum => Text(value, ""),
        IFormattable and not (DateTimeOffset or DateTime) => Number(value),
        string or IEnumerable => Lines(value),
        _ => Time(value),
    };

    private static string Text(object? value, string format) =>
        value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : ConsoleText.Of(value?.ToString());

    private static string? Joined(object? value, string between) =>
        value is IEnumerable items and not string ? string.Join(between, items.Cast<object?>()) : value?.ToString();
}
