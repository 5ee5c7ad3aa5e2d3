namespace Kling.Sandbox;

/// <summary>Which requests a fault strikes.</summary>
public enum SandboxFaultTarget
{
    /// <summary>The kind's own target, named at each <see cref="SandboxFaultKind"/>.</summary>
    Default,

    /// <summary>A request with a <c>videoInference</c> task, before it is accepted.</summary>
    Submit,

    /// <summary>A request with a <c>videoInference</c> task, after it was accepted: the task runs and is billed, the reply is the fault.</summary>
    SubmitAccepted,

    /// <summary>A request with <c>getResponse</c>.</summary>
    Poll,

    /// <summary>A request with <c>getTaskDetails</c>.</summary>
    Details,

    /// <summary>A GET or HEAD of a video.</summary>
    Download,

    /// <summary>Whatever request comes next.</summary>
    Any,
}
