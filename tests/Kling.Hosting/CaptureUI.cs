using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Kling.Hosting;

/// <summary>The recording user interface of <see cref="CaptureHost"/>. Safe to read while a script runs.</summary>
public sealed class CaptureUI : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly List<CapturedLine> _lines = [];
    private readonly StringBuilder _open = new();

    /// <summary>Whether the person can be asked; when false every question throws, as under -NonInteractive.</summary>
    public bool CanAsk { get; set; } = true;

    /// <summary>Whether the screen understands colours.</summary>
    public bool Colours { get; set; }

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => Colours;

    /// <summary>The answers to choices, by label, with or without its ampersand ("Yes") or by number.</summary>
    public ConcurrentQueue<string> Choices { get; } = new();

    /// <summary>The answers to lines asked for, secret or not.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    /// <summary>All progress records, in order.</summary>
    public ConcurrentQueue<ProgressRecord> Progress { get; } = new();

    /// <summary>Everything shown so far, in order; progress among it.</summary>
    public IReadOnlyList<CapturedLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return _open.Length == 0 ? [.. _lines] : [.. _lines, new CapturedLine(CapturedKind.Text, _open.ToString())];
            }
        }
    }

    /// <summary>Everything shown so far as one text, without colours.</summary>
    public string Text => string.Join("\n", Lines.Select(line => EngineHost.StripAnsi(line.Text)));

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new CaptureRawUI();

    /// <summary>The texts of one kind.</summary>
    public IEnumerable<string> TextsOf(CapturedKind kind) => Lines.Where(line => line.Kind == kind).Select(line => EngineHost.StripAnsi(line.Text));

    /// <inheritdoc/>
    public override void Write(string value)
    {
        lock (_lock)
        {
            foreach (string part in (value ?? "").Split('\n').SkipLast(1))
            {
                _lines.Add(new CapturedLine(CapturedKind.Text, _open + part.TrimEnd('\r')));
                _open.Clear();
            }

            _open.Append((value ?? "").Split('\n')[^1]);
        }
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Add(CapturedKind.Error, value);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Add(CapturedKind.Warning, "WARNING: " + message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Add(CapturedKind.Verbose, "VERBOSE: " + message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Add(CapturedKind.Debug, "DEBUG: " + message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        Progress.Enqueue(record);
        Add(CapturedKind.Progress, record.ToString());
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Ask($"{caption} {message}");
        return descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(
            field.ParameterTypeFullName == typeof(SecureString).FullName ? Secret(Next(Answers, field.Name)) : Next(Answers, field.Name)));
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Ask($"{caption} {message} [{string.Join(", ", choices.Select(choice => choice.Label))}] default {defaultChoice}");
        string answer = Next(Choices, message);
        for (int i = 0; i < choices.Count; i++)
        {
            if (choices[i].Label.Replace("&", "", StringComparison.Ordinal).Equals(answer, StringComparison.OrdinalIgnoreCase)
                || answer == i.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                return i;
            }
        }

        throw new InvalidOperationException($"The scripted answer '{answer}' is none of the choices of: {message}");
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("No credential is ever asked for.");

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException("No credential is ever asked for.");

    /// <inheritdoc/>
    public override string ReadLine()
    {
        Ask("(a line)");
        return Next(Answers, "a line");
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        Ask("(a secret line)");
        return Secret(Next(Answers, "a secret line"));
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char letter in text)
        {
            secret.AppendChar(letter);
        }

        secret.MakeReadOnly();
        return secret;
    }

    private static string Next(ConcurrentQueue<string> answers, string question) => answers.TryDequeue(out string? answer)
        ? answer
        : throw new InvalidOperationException($"The test has no answer to: {question}");

    private void Ask(string question)
    {
        Add(CapturedKind.Question, question);
        if (!CanAsk)
        {
            throw new PSInvalidOperationException("This host cannot ask: it runs without a person.");
        }
    }

    private void Add(CapturedKind kind, string text)
    {
        lock (_lock)
        {
            if (_open.Length > 0)
            {
                _lines.Add(new CapturedLine(CapturedKind.Text, _open.ToString()));
                _open.Clear();
            }

            _lines.Add(new CapturedLine(kind, text));
        }
    }
}
