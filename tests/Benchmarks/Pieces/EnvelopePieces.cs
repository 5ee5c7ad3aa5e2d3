using System.Text;
using BenchmarkDotNet.Attributes;
using Kling.Support;
using Kling.Wire;

namespace Kling.Pieces;

/// <summary>Reading replies.</summary>
public class EnvelopePieces
{
    private readonly byte[] _acknowledgement = Reply(id => $$"""{"taskType":"videoInference","taskUUID":"{{id}}"}""", 1);
    private readonly byte[] _processing = Reply(id => $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"processing"}""", 50);
    private readonly byte[] _finished = Reply(id => $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":"{{id}}","videoURL":"https://vm.example.test/video/ws/0.5/vi/{{id}}.mp4","seed":4012345678901,"cost":0.1848}""", 50);
    private readonly Redactor _redactor = new("rw-0123456789abcdefghijklmnop");

    /// <summary>The answer to a submission.</summary>
    [Benchmark(Description = "Read an acknowledgement")]
    public object? Acknowledgement() => EnvelopeReader.Read(_acknowledgement, 200, _redactor);

    /// <summary>The answer to a look while all generate.</summary>
    [Benchmark(Description = "Read a poll's reply, per unfinished task of 50", OperationsPerInvoke = 50)]
    public object? Processing() => EnvelopeReader.Read(_processing, 200, _redactor);

    /// <summary>The answer to a look when all are done.</summary>
    [Benchmark(Description = "Read a poll's reply, per finished task of 50", OperationsPerInvoke = 50)]
    public object? Finished() => EnvelopeReader.Read(_finished, 200, _redactor);

    private static byte[] Reply(Func<Guid, string> item, int count) =>
        Encoding.UTF8.GetBytes($$"""{"data":[{{string.Join(",", Enumerable.Range(0, count).Select(_ => item(Guid.NewGuid())))}}]}""");
}
