using System.Collections.Concurrent;
using Kling.Models;

namespace Kling.Submit;

/// <summary>
/// The images of one invocation that could not be uploaded: each is tried once, with its own repeats, and not again by every task that
/// shows it. Safe to use from several threads.
/// </summary>
internal sealed class FailedUploads
{
    private readonly ConcurrentDictionary<string, KlingApiException> _failures = new(StringComparer.Ordinal);

    /// <summary>Remembers a failure.</summary>
    internal void Add(string sha256, KlingApiException failure) => _failures.TryAdd(sha256, failure);

    /// <summary>Fails again where these bytes failed before.</summary>
    /// <exception cref="KlingApiException">They did; nothing was sent.</exception>
    internal void ThrowIfFailed(string sha256)
    {
        if (_failures.TryGetValue(sha256, out KlingApiException? failure))
        {
            throw new KlingApiException(failure.Message, failure.Category, failure.BillingState, failure) { Errors = failure.Errors, HttpStatus = failure.HttpStatus };
        }
    }
}
