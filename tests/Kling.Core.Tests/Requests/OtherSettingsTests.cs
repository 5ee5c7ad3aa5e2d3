using Kling.Requests;

namespace Kling.Core.Tests.Requests;

/// <summary>Fields without a parameter, as one text.</summary>
public class OtherSettingsTests
{
    [Fact]
    public void SameFields_AreTheSameTextInAnyOrderAndNesting()
    {
        const string expected = """{"a.b":[1,"x"],"a.c":true,"d":0.5}""";
        (string, object?)[] fields = [("d", 0.5m), ("a.c", true), ("a.b", new object?[] { 1m, "x" }), ("e", null)];
        Assert.Equal(expected, OtherSettings.Write(fields));
        Assert.Equal(expected, OtherSettings.Write(fields.Reverse()));
        Assert.Equal(expected, OtherSettings.Write([("a", new Dictionary<string, object?> { ["c"] = true, ["b"] = new object?[] { 1m, "x" } }), ("d", 0.5m)]));
        Assert.Equal(expected, OtherSettings.Write(OtherSettings.Read(expected).Select(field => (field.Key, field.Value))));
    }

    [Fact]
    public void NoField_IsNoText() => Assert.Null(OtherSettings.Write([("a", null)]));

    [Fact]
    public void FieldGivenTwice_IsOneOnlyWhereBothAreEqual()
    {
        Assert.Equal("""{"a.b":1}""", OtherSettings.Write([("a.b", 1m), ("a.b", 1m)]));
        Assert.Throws<ArgumentException>(() => OtherSettings.Write([("a.b", 1m), ("a.b", 2m)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("1")]
    public void TextOfAnotherKind_IsRefused(string text) => Assert.Throws<FormatException>(() => OtherSettings.Read(text));

    [Fact]
    public void Shown_HasNoQueryAndNoInlineData()
    {
        Assert.DoesNotContain("secret", OtherSettings.Show(new object?[] { "https://a.example/b.jpg?token=secret" }));
        Assert.StartsWith("a text of", OtherSettings.Show(string.Join(" ", Enumerable.Repeat("word", 80))), StringComparison.Ordinal);
        Assert.Equal("true", OtherSettings.Show(true));
        Assert.Equal("0.5", OtherSettings.Show(0.50m));
    }
}
