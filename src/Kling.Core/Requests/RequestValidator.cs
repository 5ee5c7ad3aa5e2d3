using System.Globalization;

namespace Kling.Requests;

/// <summary>Compares a request with its model's table before anything is spent.</summary>
public static class RequestValidator
{
    private const string Safety = "the check of the content";

    /// <summary>
    /// Reports everything at once. Where the model is unknown, the default model's rules say what else is wrong.
    /// </summary>
    /// <param name="request">The request; a task id of all zeros has not been drawn yet and is allowed.</param>
    public static ValidationReport Validate(VideoRequest request)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(request.Model);
        var findings = new Findings(spec);
        CheckIdentity(findings, request);
        ImageRules.Check(findings, request.Image);
        CheckPrompt(findings, request.Prompt);
        CheckSize(findings, request);
        foreach (SettingRow setting in spec.Settings)
        {
            // The others have rules of their own.
            if (setting.Setting.Name is not (nameof(VideoRequest.Model) or nameof(VideoRequest.Prompt) or nameof(VideoRequest.Width) or nameof(VideoRequest.Height)))
            {
                findings.Check(setting.Row, setting.Setting.Get(request));
            }
        }

        CheckSafety(findings, request);
        findings.Address("WebhookUrl", request.WebhookUrl);
        findings.Address("UploadEndpoint", request.UploadEndpoint);
        return findings.ToReport();
    }

    private static void CheckIdentity(Findings findings, VideoRequest request)
    {
        if (ModelSpec.Find(request.Model) is null)
        {
            findings.Refuse("Model", request.Model, WordList.Or([.. ModelSpec.All.Select(model => model.Id)]));
        }

        if (request.TaskId != Guid.Empty && !IsVersion4(request.TaskId))
        {
            findings.Refuse("TaskId", request.TaskId.ToString("D"), findings.Spec.Row("TaskId").AllowedText);
        }
    }

    /// <summary>Version digit 4 and the RFC's variant bits.</summary>
    private static bool IsVersion4(Guid id)
    {
        string text = id.ToString("D");
        return text[14] == '4' && text[19] is '8' or '9' or 'a' or 'b';
    }

    private static void CheckPrompt(Findings findings, string? prompt)
    {
        ParameterSpec row = findings.Spec.Row("Prompt");
        if (prompt is { Length: > 0 } && (prompt.Length < row.WarnBelowLength || prompt.Length > row.WarnAboveLength))
        {
            findings.Warn("the length of the prompt", FormattableString.Invariant(
                $"Prompt: it has {prompt.Length} character(s); sibling models take {row.WarnBelowLength} to {row.WarnAboveLength}, so the service may refuse it."));
        }
    }

    private static void CheckSize(Findings findings, VideoRequest request)
    {
        if (request.Width is null && request.Height is null)
        {
            return;
        }

        if (request.Width is null || request.Height is null)
        {
            string given = request.Width is null ? "Height" : "Width";
            string missing = request.Width is null ? "Width" : "Height";
            int pixels = (request.Width ?? request.Height)!.Value;
            findings.Refuse(missing, null, FormattableString.Invariant($"{missing} together with {given} ({pixels}): {findings.Spec.SizesText}"));
        }
        else if (findings.Spec.Sizes.FirstOrDefault(size => size.Width == request.Width && size.Height == request.Height) is not VideoSize size)
        {
            findings.Refuse("Width", FormattableString.Invariant($"{request.Width}x{request.Height}"), $"Width with Height: {findings.Spec.SizesText}");
        }
        else if (request.Image is { Width: > 0 and int width, Height: > 0 and int height })
        {
            CheckCrop(findings, width, height, size);
        }
    }

    private static void CheckCrop(Findings findings, int width, int height, VideoSize size)
    {
        if (size.CropPercent(width, height) <= VideoSize.SmallCrop)
        {
            return;
        }

        VideoSize nearest = findings.Spec.NearestSize(width, height);
        string other = nearest == size ? ""
            : FormattableString.Invariant($" {nearest}, which AspectRatio Auto takes, would crop {nearest.CropPercent(width, height):0.#} %.");
        findings.Warn("the crop", $"AspectRatio: {size.DescribeCrop(width, height)}.{other}");
    }

    private static void CheckSafety(Findings findings, VideoRequest request)
    {
        string? mode = request.SafetyMode is string given ? findings.Spec.Row("SafetyMode").Canonical(given.Trim()) : null;
        if (request.CheckContent == false && mode is "fast" or "full")
        {
            findings.Warn(Safety, $"SafetyMode: '{mode}' asks for a check that CheckContent false switches off; which of the two the service follows is not documented.");
        }
        else if (request.CheckContent == true && mode is "none")
        {
            findings.Warn(Safety, "SafetyMode: 'none' switches off the check that CheckContent true asks for; which of the two the service follows is not documented.");
        }
    }
}

/// <summary>Violations and warnings as they are found.</summary>
internal sealed class Findings(ModelSpec spec)
{
    private readonly List<Violation> _violations = [];
    private readonly List<RequestWarning> _warnings = [];

    internal ModelSpec Spec { get; } = spec;

    internal void Refuse(string parameter, string? given, string allowed) => _violations.Add(new Violation(parameter, given, allowed));

    internal void Warn(string about, string message) => _warnings.Add(new RequestWarning(about, message));

    /// <summary>Compares a setting with its row of the table. A setting that was not given is right.</summary>
    internal void Check(ParameterSpec row, object? value)
    {
        bool isAllowed = value switch
        {
            string text => row.AllowedValues.Count == 0 || row.Canonical(text.Trim()) is not null,
            int number => row.Allows(number),
            decimal number => row.Allows(number),
            _ => true,
        };
        if (!isAllowed)
        {
            Refuse(row.Name, Convert.ToString(value, CultureInfo.InvariantCulture), row.AllowedText);
        }
    }

    internal void Address(string parameter, string? value)
    {
        if (value is not null && !ImageRules.IsWebAddress(value))
        {
            Refuse(parameter, Masking.Address(value), Spec.Row(parameter).AllowedText);
        }
    }

    internal ValidationReport ToReport() => new(_violations, _warnings);
}

/// <summary>Everything that is wrong with a request, and what is worth a look.</summary>
/// <param name="Violations">What is wrong, all of it.</param>
/// <param name="Warnings">What is allowed but worth a look.</param>
public sealed record ValidationReport(IReadOnlyList<Violation> Violations, IReadOnlyList<RequestWarning> Warnings)
{
    /// <summary>Whether the request may be sent.</summary>
    public bool IsValid => Violations.Count == 0;

    /// <summary>The same report with further violations.</summary>
    /// <param name="extra">The violations to add.</param>
    public ValidationReport With(IEnumerable<Violation> extra) => this with { Violations = [.. Violations, .. extra] };
}

/// <summary>One thing that is worth a look.</summary>
/// <param name="About">What it is about, the same for all requests, for example <c>the crop</c>.</param>
/// <param name="Message">The sentence for the user.</param>
public sealed record RequestWarning(string About, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Given">What was given, without secrets; null for nothing.</param>
/// <param name="Allowed">What is allowed.</param>
public sealed record Violation(string Parameter, string? Given, string Allowed)
{
    /// <summary>The sentence for the user: parameter, what was given, what is allowed.</summary>
    public string Message => Given is null
        ? $"{Parameter}: nothing was given; allowed: {Allowed}."
        : $"{Parameter}: '{Given}' was given; allowed: {Allowed}.";

    /// <inheritdoc/>
    public override string ToString() => Message;
}
