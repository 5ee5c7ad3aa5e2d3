namespace Kling.Sandbox;

/// <summary>How a <c>getResponse</c> about an id that was never accepted is answered; sources saw all three (protocol note, polling).</summary>
public enum UnknownIdMode
{
    /// <summary><c>status: processing</c> with the task type <c>getResponse</c>, as for a running task.</summary>
    Processing,

    /// <summary>An error with the code <c>taskNotFound</c>; HTTP 404 when the reply holds nothing else.</summary>
    TaskNotFound,

    /// <summary>The id is left out, so that <c>data</c> may be empty.</summary>
    EmptyData,
}
