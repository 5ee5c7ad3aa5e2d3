using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using Kling.Hosting;

namespace Kling.Quickstart;

/// <summary>Writes to the console. Colours and progress are left out when the output is redirected, and nothing is ever asked.</summary>
internal sealed class ConsolePSHostUI : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private bool _progressShown;

    public override PSHostRawUserInterface RawUI { get; } = new CaptureRawUI();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value)
    {
        lock (_lock)
        {
            ClearProgress();
            Console.Out.Write(Plain(value));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteErrorLine(string value)
    {
        lock (_lock)
        {
            ClearProgress();
            Console.Error.WriteLine(Plain(value));
        }
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (Console.IsOutputRedirected)
        {
            return;
        }

        lock (_lock)
        {
            ClearProgress();
            if (record.RecordType == ProgressRecordType.Processing)
            {
                string line = $"{record.Activity}: {record.StatusDescription}";
                Console.Out.Write(line.Length > 100 ? line[..100] : line);
                _progressShown = true;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw CannotAsk();

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw CannotAsk();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw CannotAsk();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw CannotAsk();

    public override string ReadLine() => throw CannotAsk();

    public override SecureString ReadLineAsSecureString() => throw CannotAsk();

    private static PSInvalidOperationException CannotAsk() => new("The quickstart asks nothing.");

    private static string Plain(string text) => Console.IsOutputRedirected ? EngineHost.StripAnsi(text) : text;

    private void ClearProgress()
    {
        if (_progressShown)
        {
            Console.Out.Write("\r\u001b[K");
            _progressShown = false;
        }
    }
}
