using Kling.Requests;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Names the tasks of one invocation by its idempotency key. Used on the pipeline thread only.</summary>
internal sealed class KeyedTasks(string key, IReadOnlyDictionary<string, int>? counted = null)
{
    private readonly Dictionary<string, int> _ordinals = new(counted ?? new Dictionary<string, int>());

    /// <summary>The ids of the next request.</summary>
    internal TaskIdSeries Next(VideoRequest request)
    {
        string fingerprint = RequestFingerprint.Of(request);
        int ordinal = _ordinals[fingerprint] = _ordinals.GetValueOrDefault(fingerprint) + 1;
        return new TaskIdSeries(key, fingerprint, ordinal);
    }

    /// <summary>A copy, for looking ahead.</summary>
    internal KeyedTasks Copy() => new(key, _ordinals);
}
