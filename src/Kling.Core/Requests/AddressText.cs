namespace Kling.Requests;

/// <summary>Placeholder; replaced by the requests room.</summary>
public static class AddressText
{
    /// <summary>The address with its query as a length.</summary>
    public static string Shown(string url)
    {
        int query = url.IndexOf('?');
        return query < 0 ? url : FormattableString.Invariant($"{url.Substring(0, query)}?({url.Length - query - 1} characters)");
    }

    /// <summary>Inline data as a length.</summary>
    public static string InlineShown(string text) => FormattableString.Invariant($"(inline, {text.Length} characters)");
}
