using System.Dynamic;

namespace Kling.Formatting;

/// <summary>
/// What the views show of one object: <c>$_.KlingText.Prompt</c> is the text of its property Prompt, and other names are those of the cells
/// below. It reads names, so that it also serves a copy from another process, and an object without the property. A view reads properties
/// only: a method call would be refused where the session's language is constrained.
/// </summary>
public sealed class ViewText : DynamicObject
{
    // What a column of two that share the rest of a window of 80 or 120 columns holds. A link that is cut would go on behind its text.
    private const int NarrowCell = 13;
    private const int WideCell = 33;

    // The same for a column that has the rest for itself.
    private const int NarrowRest = 26;
    private const int WideRest = 66;
    private const int ShortId = 8;

    // Properties that the list of a mixed output shows by themselves, and a key.
    private static readonly HashSet<string> s_notInDetails = new(StringComparer.Ordinal) { "Status", "BillingState", "Category", "ApiKey" };

    private static readonly Dictionary<string, Func<ViewText, string>> s_cells = new(StringComparer.Ordinal)
    {
        ["ShortId"] = text => Start(text.Of("TaskId")),
        ["ShortVideoId"] = text => Start(text.Of("VideoId")),
        ["Word"] = text => KlingFormat.Status(text.Of("Status"), colours: false),
        ["ColouredWord"] = text => KlingFormat.Status(text.Of("Status"), colours: true),
        ["CostNow"] = text => text.IsFree ? "none" : KlingFormat.Cost(text["Cost"], text["EstimatedCost"]),
        ["Price"] = text => KlingFormat.Price(text["EstimatedCost"]),
        ["PriceSum"] = text => KlingFormat.Sum(text["EstimatedCost"], text["UnpricedCount"]),
        ["PriceOfRequest"] = text => text.Of("Json").Length > 0 ? KlingFormat.Price(text["EstimatedCost"]) : "",
        ["RatePerSecond"] = text => KlingFormat.Price(text["PricePerSecond"]),
        ["PlayTime"] = text => KlingFormat.Seconds(text["Duration"], text.Of("Model")),
        ["Age"] = text => KlingFormat.Age(text["SubmittedAt"], SystemClock.Instance.UtcNow),
        ["ImageLeaf"] = text => KlingFormat.FileName(text.Of(text["ImageName"] is null ? "Image" : "ImageName")),
        ["ItemName"] = text => KlingFormat.FileName(text.Of("Item")),
        ["SourceName"] = text => KlingFormat.FileName(text.Of("Source")),
        ["Sides"] = text => KlingFormat.Sides(text["Width"], text["Height"]),
        ["PixelSides"] = text => KlingFormat.Sides(text["PixelWidth"], text["PixelHeight"]),
        ["FileName"] = text => KlingFormat.FileName(text.Of("File")),
        ["LinkedName"] = text => text.Linked(KlingFormat.FileName(text.Of("File")), NarrowRest),
        ["WideLinkedName"] = text => text.Linked(KlingFormat.FileName(text.Of("File")), WideRest),
        ["LinkedFile"] = text => text.Linked(ConsoleText.Of(text.Of("File")), int.MaxValue),
        ["Result"] = text => text.Result,
        ["LinkedResult"] = text => text.Linked(text.Result, NarrowCell),
        ["WideLinkedResult"] = text => text.Linked(text.Result, WideCell),
        ["FileSize"] = text => KlingFormat.Bytes(text["FileBytes"]),
        ["ImageSize"] = text => KlingFormat.Bytes(text["Bytes"]),
        ["Reused"] = text => text["IsReused"] switch { true => "yes", false => "no", _ => "" },
        ["DateAndTime"] = text => KlingFormat.DateAndTime(text["At"]),
        ["TimeOfDay"] = text => KlingFormat.TimeOfDay(text["At"]),
        ["Problem"] = text => KlingFormat.Shown(text["Violations"]),
        ["ParameterNames"] = text => string.Join(", ", text.Items("Parameters").Select(item => KlingFormat.Shown(Property(item, "Name") ?? item))),
        ["ModeList"] = text => string.Join(", ", text.Items("Modes").Select(KlingFormat.Shown)),
        ["DurationList"] = text => string.Join(", ", text.Items("Durations").Select(KlingFormat.Shown)),
        ["TaskTypeList"] = text => string.Join(", ", text.Items("TaskTypes").Select(KlingFormat.Shown)),
    };

    private static readonly HashSet<string> s_money = new(StringComparer.Ordinal)
    {
        "Cost", "EstimatedCost", "BilledCost", "VideoCost", "PricePerSecond", "Amount", "TotalBilled",
        "Balance", "FreeBalance", "CreditsToday", "CreditsLast7Days", "CreditsLast30Days", "CreditsTotal",
    };

    private readonly PSObject _shown;

    private ViewText(PSObject shown) => _shown = shown;

    /// <summary>The value of the hidden property KlingText that Kling.Types.ps1xml gives to all objects with views.</summary>
    /// <param name="shown">The object.</param>
    public static ViewText Get(PSObject shown) => new(shown);

    /// <summary>
    /// Every text of the object but a key in one line, for the place where PowerShell has no view: in a mixed output it lists the properties of all
    /// objects but the first as they are.
    /// </summary>
    /// <param name="shown">The object.</param>
    public static string Details(PSObject shown) => string.Join("; ", shown.Properties
        .Where(property => property.MemberType is (PSMemberTypes.Property or PSMemberTypes.NoteProperty) && !s_notInDetails.Contains(property.Name))
        .Select(property => (property.Name, Value: Property(shown, property.Name)))
        .Where(property => property.Value is string or System.Collections.ICollection)
        .Select(property => (property.Name, Text: KlingFormat.Shown(property.Value)))
        .Where(property => property.Text.Length > 0)
        .Select(property => $"{ConsoleText.Of(property.Name)}: {property.Text}"));

    /// <summary>The names of the cells that are no property's.</summary>
    internal static IReadOnlyCollection<string> Cells => s_cells.Keys;

    private object? this[string property] => Property(_shown, property);

    // What failed and was not charged costs nothing, whatever its price would have been.
    private bool IsFree => Of("Status") == KlingTaskStatus.Failed && Of("BillingState") == BillingState.NotCharged && this["Cost"] is null;

    private string Result
    {
        get
        {
            string name = KlingFormat.FileName(Of("File"));
            int files = Items("Videos").Count(video => Property(video, "File") is string);
            return name.Length == 0 ? Items("Errors").Select(error => KlingFormat.Shown(Reason(error))).FirstOrDefault() ?? ""
                : files > 1 ? FormattableString.Invariant($"{name} +{files - 1}")
                : name;
        }
    }

    /// <inheritdoc/>
    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        ArgumentNullException.ThrowIfNull(binder);
        result = Cell(binder.Name);
        return true;
    }

    /// <summary>The text of a cell or a property.</summary>
    internal string Cell(string name) => s_cells.TryGetValue(name, out Func<ViewText, string>? cell) ? cell(this)
        : s_money.Contains(name) ? KlingFormat.Money(this[name])
        : KlingFormat.Any(this[name]);

    private static string Start(string id) => ConsoleText.Of(Guid.TryParse(id, out Guid known) ? known.ToString("N")[..ShortId] : id);

    private static object? Reason(object error) => Property(error, "Code") is object code
        ? Property(error, "Message") is string { Length: > 0 } message ? $"{code}: {message}" : code
        : error;

    private static object? Property(object? source, string name)
    {
        try
        {
            return source is null or string ? null : PSObject.AsPSObject(source).Properties[name]?.Value is var value && value is PSObject wrapped
                ? wrapped.BaseObject is PSCustomObject ? wrapped : wrapped.BaseObject : value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private string Of(string property) => this[property] is object value ? Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "" : "";

    private IEnumerable<object> Items(string property) => this[property] switch
    {
        string text => [text],
        System.Collections.IEnumerable items => items.Cast<object?>().OfType<object>(),
        _ => [],
    };

    // OSC 8, as $PSStyle.FormatHyperlink writes it. The address has no character that could end it early.
    private string Linked(string name, int longest) =>
        name.Length > 0 && name.Length <= longest && Path.IsPathFullyQualified(Of("File")) && Uri.TryCreate(Of("File"), UriKind.Absolute, out Uri? address)
            ? $"\u001b]8;;{address.AbsoluteUri}\u001b\\{name}\u001b]8;;\u001b\\"
            : name;
}
