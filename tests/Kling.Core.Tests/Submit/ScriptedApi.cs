using System.Text.Json;
using Kling.Client;
using Kling.Core.Tests.Support;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>A service that answers as a test says, and remembers what it was asked.</summary>
internal sealed class ScriptedApi(FakeClock clock, Func<ApiCall, Task<ApiReply>> answer) : IKlingApi
{
    private readonly List<ApiCall> _calls = [];

    public ScriptedApi(FakeClock clock, Func<ApiCall, ApiReply> answer)
        : this(clock, call => Task.FromResult(answer(call)))
    {
    }

    public Uri Endpoint { get; init; } = new("https://api.example.com/v1");

    public IReadOnlyList<ApiCall> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public IReadOnlyList<ApiCall> Submits => [.. Calls.Where(call => call.IsSubmit)];

    public IReadOnlyList<ApiCall> Polls => [.. Calls.Where(call => call.IsPoll)];

    public async Task<ApiReply> SendAsync(RequestBody body, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        using var stream = new MemoryStream();
        try
        {
            await body.WriteAsync(stream, token);
        }
        catch (BodyChangedException change)
        {
            return new ApiReply { Outcome = ApiOutcome.Unsent, BodyChanged = true, Fault = change.Message };
        }

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement[] tasks = [.. json.RootElement.EnumerateArray()];
        var call = new ApiCall(tasks[0].GetProperty("taskType").GetString()!, [.. tasks.Select(task => task.GetProperty("taskUUID").GetGuid())], clock.UtcNow, token)
        {
            Body = System.Text.Encoding.UTF8.GetString(stream.ToArray()),
        };
        lock (_calls)
        {
            _calls.Add(call);
        }

        return await answer(call);
    }
}
