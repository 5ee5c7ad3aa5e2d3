using BenchmarkDotNet.Loggers;

namespace Kling.Pieces;

/// <summary>Keeps standard output for the table.</summary>
internal sealed class ErrorLogger : ILogger
{
    /// <inheritdoc/>
    public string Id => nameof(ErrorLogger);

    /// <inheritdoc/>
    public int Priority => 0;

    /// <inheritdoc/>
    public void Write(LogKind logKind, string text) => Console.Error.Write(text);

    /// <inheritdoc/>
    public void WriteLine() => Console.Error.WriteLine();

    /// <inheritdoc/>
    public void WriteLine(LogKind logKind, string text) => Console.Error.WriteLine(text);

    /// <inheritdoc/>
    public void Flush() => Console.Error.Flush();
}
