using Kling.Requests;

namespace Kling.Submit;

/// <summary>Makes the task record of a request that is about to be sent.</summary>
public static class KlingTaskBuilder
{
    /// <summary>A task that has not been sent: Submitting and NotCharged. Nothing in it can leak an address's query or inline data.</summary>
    /// <param name="request">The request; its task id must be set.</param>
    /// <param name="estimate">List price of the whole task in USD; null when it is unknown.</param>
    /// <param name="endpoint">The API address the task is sent to.</param>
    /// <exception cref="ArgumentException">The request has no task id: without it nothing can be found again.</exception>
    public static KlingTask From(VideoRequest request, decimal? estimate, Uri endpoint)
    {
        if (request.TaskId == Guid.Empty)
        {
            throw new ArgumentException("The request has no task id.", nameof(request));
        }

        return new KlingTask
        {
            TaskId = request.TaskId,
            Status = KlingTaskStatus.Submitting,
            BillingState = BillingState.NotCharged,
            Settings = request.Setting is null ? request.Alone() : request.Alone() with { Setting = Masking.Clean(request.Setting) },
            Image = request.Image?.Shown,
            ImageSha256 = request.Image?.Sha256,
            LastImage = request.LastImage?.Shown,
            LastImageSha256 = request.LastImage?.Sha256,
            Fingerprint = RequestFingerprint.Of(request),
            EstimatedCost = estimate,
            Endpoint = endpoint.AbsoluteUri,
        };
    }
}
