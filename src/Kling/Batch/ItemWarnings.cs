using Kling.Pipeline;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>Writes the warnings about the items of one command: the first of each kind, and at the end how many more there were.</summary>
internal sealed class ItemWarnings(KlingCmdlet cmdlet)
{
    private readonly Dictionary<string, int> _more = new(StringComparer.Ordinal);

    /// <summary>Writes what is worth a look about one item; what was said of another item goes to the verbose stream.</summary>
    internal void Write(string name, IReadOnlyList<RequestWarning> warnings)
    {
        foreach (RequestWarning warning in warnings)
        {
            if (_more.TryAdd(warning.About, 0))
            {
                cmdlet.WriteWarning($"{name}: {warning.Message}");
                continue;
            }

            _more[warning.About]++;
            cmdlet.WriteVerboseLazily(() => $"{name}: {warning.Message}");
        }
    }

    /// <summary>Says how many items the warnings left out.</summary>
    internal void SumUp()
    {
        foreach ((string about, int more) in _more.Where(kind => kind.Value > 0))
        {
            cmdlet.WriteWarning($"{PriceText.Count(more, "more item")} with a warning about {about}. Test-KlingRequest shows each.");
        }

        _more.Clear();
    }
}
