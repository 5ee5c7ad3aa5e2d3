using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>Random tasks, and all of a task as text, so that two of them can be compared at once.</summary>
internal static class JournalSamples
{
    internal static KlingTask Task(Random random, Guid? id = null) => new()
    {
        TaskId = id ?? Guid.NewGuid(),
        Status = Pick(random, KlingTaskStatus.All),
        BillingState = Pick(random, BillingState.All),
        Fingerprint = Maybe(random, () => random.Next(40).ToString("x64", CultureInfo.InvariantCulture)),
        Model = Maybe(random, () => Text(random, 20)),
        Image = Maybe(random, () => "folder/" + Text(random, 50)),
        Prompt = Maybe(random, () => Text(random, 900)),
        Duration = MaybeValue(random, () => Number(random)),
        Width = MaybeValue(random, () => random.Next()),
        Height = MaybeValue(random, () => random.Next()),
        CfgScale = MaybeValue(random, () => Number(random)),
        NumberResults = MaybeValue(random, () => random.Next(1, 5)),
        OutputFormat = Maybe(random, () => Text(random, 5)),
        OutputQuality = MaybeValue(random, () => random.Next(20, 100)),
        CheckContent = MaybeValue(random, () => random.Next(2) == 0),
        SafetyMode = Maybe(random, () => Text(random, 5)),
        Ttl = MaybeValue(random, () => random.Next()),
        ImageSha256 = Maybe(random, () => random.NextInt64().ToString("x64", CultureInfo.InvariantCulture)),
        EstimatedCost = MaybeValue(random, () => Money(random)),
        Cost = MaybeValue(random, () => Money(random)),
        SubmittedAt = MaybeValue(random, () => Time(random)),
        CompletedAt = MaybeValue(random, () => Time(random)),
        Videos = [.. Enumerable.Range(0, random.Next(4)).Select(i => Video(random, i))],
        Errors = [.. Enumerable.Range(0, random.Next(3)).Select(i => Error(random, i))],
    };

    /// <summary>Any UTF-16: letters, control characters, NUL, line ends, pairs and halves of pairs.</summary>
    internal static string Text(Random random, int longest)
    {
        StringBuilder text = new();
        int length = random.Next(longest + 1);
        while (text.Length < length)
        {
            _ = random.Next(8) switch
            {
                0 => text.Append((char)random.Next(0x20)),
                1 => text.Append("\"\\/\u2028\u2029\uFEFF\uFFFD"[random.Next(7)]),
                2 => text.Append(char.ConvertFromUtf32(random.Next(0x10000, 0x110000))),
                3 when random.Next(30) == 0 => text.Append((char)random.Next(0xD800, 0xE000)),
                4 => text.Append((char)random.Next(0xA0, 0xD800)),
                _ => text.Append((char)random.Next('a', 'z' + 1)),
            };
        }

        return text.ToString();
    }

    /// <summary>Everything a task says, with strings as numbers, so that no two different tasks look alike.</summary>
    internal static string Describe(KlingTask task)
    {
        StringBuilder text = new();
        Add(text, task.TaskId, task.Status, task.BillingState, task.Endpoint, task.EstimatedCost, task.Cost, task.SubmittedAt?.UtcTicks, task.CompletedAt?.UtcTicks);
        text.AppendLine(Request(task));
        foreach (KlingVideo v in task.Videos)
        {
            Add(text, v.VideoId, v.VideoUrl, v.Seed, v.Nsfw, v.VideoCost, v.File, v.FileBytes);
        }

        foreach (KlingTaskError e in task.Errors)
        {
            Add(text, e.Code, e.Message, e.Category, e.Parameter, e.Allowed, e.TaskId, e.VideoId, e.RetryAfterSeconds?.ToString("R", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    internal static string Request(KlingTask task)
    {
        StringBuilder text = new();
        Add(text, task.Fingerprint, task.Model, task.Image, task.Prompt, task.Duration, task.Width, task.Height, task.CfgScale, task.NumberResults,
            task.OutputFormat, task.OutputQuality, task.CheckContent, task.SafetyMode, task.Ttl, task.ImageSha256, task.EstimatedCost);
        return text.ToString();
    }

    private static void Add(StringBuilder text, params object?[] values)
        => text.AppendLine(string.Join("|", values.Select(v => v is string s ? Convert.ToHexString(MemoryMarshal.AsBytes(s.AsSpan())) : Convert.ToString(v, CultureInfo.InvariantCulture) ?? "null")));

    private static KlingVideo Video(Random random, int number) => new()
    {
        VideoId = "video-" + number.ToString(CultureInfo.InvariantCulture),
        VideoUrl = Maybe(random, () => "https://videos.example.test/" + random.Next() + ".mp4?signature=" + Text(random, 30)),
        Seed = MaybeValue(random, () => random.Next(4) switch { 0 => long.MaxValue, 1 => long.MinValue, _ => random.NextInt64() }),
        Nsfw = MaybeValue(random, () => random.Next(2) == 0),
        VideoCost = MaybeValue(random, () => Money(random)),
        File = Maybe(random, () => "C:\\clips\\" + Text(random, 30)),
        FileBytes = MaybeValue(random, () => random.NextInt64(1, 1L << 40)),
    };

    private static KlingTaskError Error(Random random, int number) => new()
    {
        Code = "code" + number.ToString(CultureInfo.InvariantCulture),
        Message = Text(random, 100),
        Category = Pick(random, KlingErrorCategory.All),
        Parameter = Maybe(random, () => Text(random, 10)),
        Allowed = Maybe(random, () => Text(random, 10)),
        TaskId = MaybeValue(random, Guid.NewGuid),
        VideoId = Maybe(random, () => "video-1"),
        RetryAfterSeconds = MaybeValue(random, () => random.NextDouble() * 1000),
    };

    // Within what is believed; TaskFold takes out the rest.
    private static decimal Money(Random random) => random.Next(3) switch
    {
        0 => 0.10m,
        1 => 0.0000000000000000000000000001m,
        _ => random.Next(1_000_000) / 1000m,
    };

    private static decimal Number(Random random) => random.Next(5) switch
    {
        0 => decimal.MaxValue,
        1 => 0.10m,
        2 => 0.0000000000000000000000000001m,
        _ => new decimal(random.Next(), random.Next(4), 0, false, (byte)random.Next(20)),
    };

    private static DateTimeOffset Time(Random random)
        => new DateTimeOffset(random.NextInt64(DateTime.UnixEpoch.Ticks, new DateTime(2100, 1, 1).Ticks), TimeSpan.FromHours(random.Next(-12, 13)));

    private static T Pick<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];

    private static string? Maybe(Random random, Func<string> value) => random.Next(5) == 0 ? null : value();

    private static T? MaybeValue<T>(Random random, Func<T> value)
        where T : struct
        => random.Next(5) == 0 ? null : value();
}
