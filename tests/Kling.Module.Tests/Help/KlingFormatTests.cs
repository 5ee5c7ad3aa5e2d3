using System.Globalization;
using Kling.Formatting;

namespace Kling.Module.Tests.Help;

/// <summary>The texts that the default views show.</summary>
public sealed class KlingFormatTests
{
    private static readonly DateTimeOffset s_time = new(2024, 3, 5, 6, 7, 8, 999, TimeSpan.FromHours(-3.5));

    public static TheoryData<string, string, string> Texts() => new()
    {
        // What is shown, what comes out, what should.
        { "money", KlingFormat.Money(0.185m), "0.1850" },
        { "money: nothing", KlingFormat.Money(null), "" },
        { "money: zero", KlingFormat.Money(0m), "0.0000" },
        { "money: negative", KlingFormat.Money(-0.5m), "-0.5000" },
        { "money: much, rounded", KlingFormat.Money(12345678.98765m), "12345678.9877" },
        { "money: a copy of another type", KlingFormat.Money("0.5 or so"), "0.5 or so" },

        { "price", KlingFormat.Price(0.037m), "0.0370" },
        { "price: nothing", KlingFormat.Price(null), "unknown" },
        { "price: zero is known", KlingFormat.Price(0m), "0.0000" },

        { "cost: billed", KlingFormat.Cost(0.1848m, 0.185m), "0.1848" },
        { "cost: billed nothing", KlingFormat.Cost(0m, 0.185m), "0.0000" },
        { "cost: list price", KlingFormat.Cost(null, 0.185m), "~0.1850" },
        { "cost: nothing", KlingFormat.Cost(null, null), "unknown" },

        { "number: nothing", KlingFormat.Number(null), "" },
        { "number: whole", KlingFormat.Number(5.00m), "5" },
        { "number: with a fraction", KlingFormat.Number(7.256), "7.26" },
        { "number: a seed", KlingFormat.Number(long.MaxValue), "9223372036854775807" },
        { "number: a negative seed", KlingFormat.Number(long.MinValue), "-9223372036854775808" },

        { "seconds: asked for", KlingFormat.Seconds(7.5m, "klingai:5@1"), "7.5" },
        { "seconds: the model's", KlingFormat.Seconds(null, "klingai:5@1"), "5" },
        { "seconds: another model", KlingFormat.Seconds(null, "klingai:0@0"), "" },
        { "seconds: no model", KlingFormat.Seconds(null, null), "" },
        { "seconds: an empty model", KlingFormat.Seconds(null, ""), "" },

        { "time", KlingFormat.Time(s_time), "2024-03-05 06:07:08 -03:30" },
        { "time: nothing", KlingFormat.Time(null), "" },
        { "time: a copy of another type", KlingFormat.Time("yesterday"), "yesterday" },
        { "date and time", KlingFormat.DateAndTime(s_time), "2024-03-05 06:07:08" },
        { "date and time: nothing", KlingFormat.DateAndTime(null), "" },
        { "time of day", KlingFormat.TimeOfDay(s_time), "06:07:08" },
        { "time of day: nothing", KlingFormat.TimeOfDay(null), "" },

        { "age: nothing", KlingFormat.Age(null, s_time), "" },
        { "age: a copy of another type", KlingFormat.Age("yesterday", s_time), "" },

        { "bytes: nothing", KlingFormat.Bytes(null), "" },
        { "bytes: zero", KlingFormat.Bytes(0), "0 KB" },
        { "bytes: one", KlingFormat.Bytes(1), "1 KB" },
        { "bytes: a whole KB", KlingFormat.Bytes(1024), "1 KB" },
        { "bytes: a little more", KlingFormat.Bytes(1025), "2 KB" },
        { "bytes: the last in KB", KlingFormat.Bytes(1024 * 1024 - 1), "1024 KB" },
        { "bytes: the first in MB", KlingFormat.Bytes(1024 * 1024), "1.0 MB" },
        { "bytes: MB", KlingFormat.Bytes(1468006), "1.4 MB" },
        { "bytes: many MB", KlingFormat.Bytes(99_999_999_999), "95367.4 MB" },

        { "sides", KlingFormat.Sides(1280, 720), "1280x720" },
        { "sides: nothing", KlingFormat.Sides(null, null), "" },
        { "sides: no width", KlingFormat.Sides(null, 720), "" },
        { "sides: no height", KlingFormat.Sides(1280, null), "1280x" },

        { "file name: nothing", KlingFormat.FileName(null), "" },
        { "file name: empty", KlingFormat.FileName(""), "" },
        { "file name: only a name", KlingFormat.FileName("a.jpg"), "a.jpg" },
        { "file name: a path", KlingFormat.FileName("/home/some one/a.jpg"), "a.jpg" },
        { "file name: a path of Windows", KlingFormat.FileName(@"C:\shots/b\a.jpg"), "a.jpg" },
        { "file name: a folder", KlingFormat.FileName("shots/"), "" },
        { "file name: wide letters", KlingFormat.FileName("写真/灯台🗼.jpg"), "灯台🗼.jpg" },
        { "file name: control characters", KlingFormat.FileName("a/b\a\u001b[31mred\u202e.jpg"), "b\\u0007\\u001b[31mred\\u202e.jpg" },
        { "file name: long", KlingFormat.FileName("a/" + new string('b', 5000)), new string('b', 5000) },

        { "status: nothing", KlingFormat.Status(null, true), "" },
        { "status: processing", KlingFormat.Status("Processing", true), "Processing" },
        { "status: succeeded", KlingFormat.Status("Succeeded", true), "\u001b[32mSucceeded\u001b[0m" },
        { "status: failed", KlingFormat.Status("Failed", true), "\u001b[31mFailed\u001b[0m" },
        { "status: unknown", KlingFormat.Status("Unknown", true), "\u001b[31mUnknown\u001b[0m" },
        { "status: partial", KlingFormat.Status("PartiallySucceeded", true), "\u001b[33mPartial\u001b[0m" },
        { "status: partial, no colours", KlingFormat.Status("PartiallySucceeded", false), "Partial" },
        { "status: failed, no colours", KlingFormat.Status("Failed", false), "Failed" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_what_a_person_expects(string what, string text, string expected) => Assert.True(text == expected, $"{what}: '{text}'");

    [Theory]
    [InlineData(-864000, "0s")]
    [InlineData(-0.5, "0s")]
    [InlineData(0, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3599.9, "59m")]
    [InlineData(3600, "1h")]
    [InlineData(86399.9, "23h")]
    [InlineData(86400, "1d")]
    [InlineData(864000, "10d")]
    public void Age_is_in_the_largest_whole_unit(double seconds, string expected) =>
        Assert.Equal(expected, KlingFormat.Age(s_time, s_time.AddSeconds(seconds).ToUniversalTime()));

    [Fact]
    public void Age_bears_the_first_and_the_last_time()
    {
        Assert.Equal("3652059d", KlingFormat.Age(DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
        Assert.Equal("0s", KlingFormat.Age(DateTimeOffset.MaxValue, DateTimeOffset.MinValue));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("fa-IR")]
    [InlineData("sv-SE")]
    public void Texts_are_the_same_in_every_culture(string culture)
    {
        CultureInfo own = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal("-1234.5000", KlingFormat.Money(-1234.5m));
            Assert.Equal("~0.1850", KlingFormat.Cost(null, 0.185m));
            Assert.Equal("-7.25", KlingFormat.Number(-7.25));
            Assert.Equal("2024-03-05 06:07:08 -03:30", KlingFormat.Time(s_time));
            Assert.Equal("1.4 MB", KlingFormat.Bytes(1468006));
            Assert.Equal("1d", KlingFormat.Age(s_time, s_time.AddDays(1)));
        }
        finally
        {
            CultureInfo.CurrentCulture = own;
        }
    }
}
