namespace Kling.Errors;

/// <summary>What doing the same again means, for the items an error is about.</summary>
internal enum ErrorRetry
{
    /// <summary>The same input fails again: correct it first.</summary>
    Correct,

    /// <summary>The same command may succeed later. With -Resume it buys nothing twice.</summary>
    Later,

    /// <summary>Doing the same again could be a second purchase: look at the task by its id first.</summary>
    LookFirst,

    /// <summary>Doing the same again costs nothing: it only waits, saves or reads.</summary>
    Free,
}
