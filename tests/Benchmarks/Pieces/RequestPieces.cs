using BenchmarkDotNet.Attributes;
using Kling.Models;
using Kling.Requests;

namespace Kling.Pieces;

/// <summary>What is computed of each request before it is sent.</summary>
public class RequestPieces
{
    private readonly VideoRequest _request = new()
    {
        TaskId = Guid.Parse("3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"),
        Image = new RequestImage(ImageKind.File, "/images/harbor.png") { Bytes = 8192, Width = 1280, Height = 720, Format = "PNG", Sha256 = new string('a', 64) },
        Prompt = "slow dolly in over the harbor at dawn, soft light, gentle waves",
        Duration = 5m,
        CfgScale = 0.55m,
        Width = 1280,
        Height = 720,
        OutputFormat = "mp4",
    };

    private readonly Guid[] _ids = [.. Enumerable.Range(0, 50).Select(_ => Guid.NewGuid())];

    /// <summary>The limits of the model's table.</summary>
    [Benchmark(Description = "Validate one request")]
    public object Validate() => RequestValidator.Validate(_request);

    /// <summary>What -Resume and the journal know it by.</summary>
    [Benchmark(Description = "Fingerprint one request")]
    public string Fingerprint() => RequestFingerprint.Of(_request);

    /// <summary>The bytes around a streamed image.</summary>
    [Benchmark(Description = "Request JSON around a file")]
    public int Write() => RequestJson.Around(_request).Before.Length;

    /// <summary>One look at 50 tasks.</summary>
    [Benchmark(Description = "Poll JSON, per task of 50", OperationsPerInvoke = 50)]
    public int Poll() => RequestJson.WriteGetResponse(_ids).Length;
}
