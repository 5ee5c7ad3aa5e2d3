namespace Kling.Support;

/// <summary>Something that is being sent or fetched.</summary>
/// <param name="board">Where it is listed until it is disposed.</param>
/// <param name="what">What is done, for example <c>Sending</c>.</param>
/// <param name="name">What it is.</param>
/// <param name="total">Its size in bytes; null where it is not known.</param>
/// <param name="bytes">How many bytes have passed; called from any thread.</param>
/// <param name="startedAt">When it began.</param>
internal sealed class Transfer(Transfers board, string what, string name, long? total, Func<long> bytes, DateTimeOffset startedAt) : IDisposable
{
    internal string What => what;

    internal string Name => name;

    internal long? Total => total;

    internal long Bytes => bytes();

    internal DateTimeOffset StartedAt => startedAt;

    /// <inheritdoc/>
    public void Dispose() => board.Remove(this);
}
