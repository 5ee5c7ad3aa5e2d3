using System.Text;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;

namespace Kling.Core.Tests.Submit;

/// <summary>Tasks and bodies for tests.</summary>
internal static class Sample
{
    public static readonly Uri Endpoint = new("https://api.example.com/v1");

    public static KlingTask New(int? count = null, Guid? id = null) =>
        KlingTaskBuilder.From(new VideoRequest { TaskId = id ?? Guid.NewGuid(), NumberResults = count, Prompt = "p" }, 0.185m, Endpoint);

    public static KlingTask Accepted(DateTimeOffset at, int? count = null, Guid? id = null)
    {
        KlingTask task = New(count, id);
        task.Status = KlingTaskStatus.Processing;
        task.BillingState = BillingState.Accepted;
        task.SubmittedAt = at;
        return task;
    }

    public static KlingTask Foreign(Guid? id = null) =>
        new() { TaskId = id ?? Guid.NewGuid(), Status = KlingTaskStatus.Unknown, BillingState = BillingState.Unknown, Endpoint = Endpoint.AbsoluteUri };

    public static RequestBody Body(KlingTask task) =>
        RequestBody.FromBytes(Encoding.UTF8.GetBytes($$"""[{"taskType":"videoInference","taskUUID":"{{task.TaskId:D}}"}]"""));

    /// <summary>Submits a task that nobody else can have sent, in a batch that does not end.</summary>
    public static Task SubmitAsync(this TaskSubmitter submitter, KlingTask task, RequestBody body, CancellationToken token) =>
        submitter.SubmitAsync(task, body, looksFirst: false, CancellationToken.None, token);
}
