using System.Collections.ObjectModel;

namespace Kling.Support;

/// <summary>
/// A list that says what is in it: <c>Export-Csv</c> writes a property as its text, and the text of any other list is its type.
/// </summary>
/// <typeparam name="T">What is in it.</typeparam>
internal sealed class JoinedList<T> : ReadOnlyCollection<T>
{
    /// <summary>A list without items.</summary>
    internal static readonly JoinedList<T> None = new([]);

    private JoinedList(IList<T> items)
        : base(items)
    {
    }

    /// <summary>The same items; a list that can be changed is not copied.</summary>
    internal static JoinedList<T> Of(IReadOnlyList<T> items) => items switch
    {
        JoinedList<T> joined => joined,
        IList<T> { Count: 0, IsReadOnly: true } => None,
        IList<T> list => new JoinedList<T>(list),
        _ => new JoinedList<T>([.. items]),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", this.Select(item => item is IFormattable number
        ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)
        : item?.ToString()));
}
