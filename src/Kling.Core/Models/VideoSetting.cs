namespace Kling.Models;

/// <summary>One property of <see cref="VideoSettings"/>, for code that treats all of them alike.</summary>
/// <param name="Name">The property's name, which is also the parameter's, the sidecar's and, with a small first letter, the journal's.</param>
/// <param name="Get">Its value: a string, a decimal, an int, a bool, or null when it was not given.</param>
/// <param name="With">The settings with another value of it.</param>
internal sealed record VideoSetting(string Name, Func<VideoSettings, object?> Get, Func<VideoSettings, object?, VideoSettings> With)
{
    /// <summary>Its name in the fingerprint; null where it does not change what is bought.</summary>
    internal string? Fingerprint { get; init; }

    /// <summary>
    /// Whether it counts for the fingerprint only when it was given: true for every setting that the first version did not have, so that what
    /// was bought before it existed is still the same purchase.
    /// </summary>
    internal bool CountsWhenGiven { get; init; }

    /// <summary>Whether it is a text of the user's, which is kept as it was typed.</summary>
    internal bool IsProse { get; init; }

    /// <summary>The type of its values: string, decimal, int or bool.</summary>
    internal Type Type { get; } = Underlying(typeof(VideoSettings).GetProperty(Name)!.PropertyType);

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
