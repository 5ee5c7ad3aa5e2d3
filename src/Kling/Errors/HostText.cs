using System.Management.Automation.Host;
using System.Security;

namespace Kling.Errors;

/// <summary>Lines for the person through the host, where no Write method works or none fits. No text from outside gets to the terminal as it is.</summary>
internal static class HostText
{
    /// <summary>Shows a line.</summary>
    internal static void Show(this PSHostUserInterface screen, string line) => screen.WriteLine(ConsoleText.Of(line));

    /// <summary>Shows a warning.</summary>
    internal static void Warn(this PSHostUserInterface screen, string line) => screen.WriteWarningLine(ConsoleText.Of(line));

    /// <summary>Writes a warning of a cmdlet.</summary>
    internal static void Warn(this Cmdlet cmdlet, string text) => cmdlet.WriteWarning(ConsoleText.Of(text));

    /// <summary>Writes to the verbose stream of a cmdlet.</summary>
    internal static void Tell(this Cmdlet cmdlet, string text) => cmdlet.WriteVerbose(ConsoleText.Of(text));

    /// <summary>Asks for a text that is not shown. A host that cannot ask throws before it shows anything.</summary>
    internal static SecureString AskForSecret(this PSHostUserInterface screen, string what)
    {
        var field = new FieldDescription(what);
        field.SetParameterType(typeof(SecureString));
        return (SecureString)screen.Prompt("", "", [field])[what].BaseObject;
    }

    /// <summary>Asks a question.</summary>
    /// <returns>The index of the choice.</returns>
    internal static int Ask(this PSHostUserInterface screen, string caption, string question, ChoiceDescription[] choices, int preset) =>
        screen.PromptForChoice(caption, ConsoleText.Of(question), [.. choices], preset);
}
