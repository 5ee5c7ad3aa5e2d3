namespace Kling.Hosting.Service;

/// <summary>Where the scripted service can stop and wait for the test.</summary>
internal enum CallPoint
{
    /// <summary>A connection is open and nothing of it is read.</summary>
    Connected,

    /// <summary>A submit is read whole; it is not accepted.</summary>
    SubmitUnaccepted,

    /// <summary>A submit is accepted; its reply is held back.</summary>
    SubmitAccepted,

    /// <summary>A look at a task is read; its reply is held back.</summary>
    Poll,

    /// <summary>The first half of a video is sent.</summary>
    HalfDownload,
}
