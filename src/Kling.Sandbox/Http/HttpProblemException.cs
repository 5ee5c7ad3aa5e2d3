namespace Kling.Sandbox.Http;

/// <summary>A request that cannot be read as HTTP; the connection is answered with the status and closed.</summary>
internal sealed class HttpProblemException(int status, string message) : Exception(message)
{
    internal int Status { get; } = status;
}
