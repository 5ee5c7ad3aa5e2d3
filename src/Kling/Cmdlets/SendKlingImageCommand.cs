using Kling.Batch;
using Kling.Binding;
using Kling.Images;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Uploads images once and emits their media UUIDs; the same bytes are not sent again while the service keeps them.</summary>
[Cmdlet(VerbsCommunications.Send, "KlingImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KlingImage))]
public sealed class SendKlingImageCommand : KlingCmdlet
{
    private readonly ImageFileCache _files = new(SystemClock.Instance);
    private readonly ItemWarnings _warnings;
    private ImageResolver? _resolver;
    private readonly DateTimeOffset _start = SystemClock.Instance.Steady;
    private int _started;
    private int _ended;
    private bool _isAll;

    /// <summary>Creates the cmdlet.</summary>
    public SendKlingImageCommand() => _warnings = new ItemWarnings(this);

    /// <summary>The images: path (wildcards allowed), URL, data URI or base64 text.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ImageUrl", "Uri")]
    [ImageCell]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string[]? Image { get; set; }

    /// <summary>Image files, taken literally (brackets are not wildcards).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Sends the bytes also where the service should still have them.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How many images are sent at once; 4 when left out.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>The whole input object: a file must not be read as a wildcard.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        ShowProgress("Kling images", () => ProgressState.Of(_isAll ? $"{_ended} of {_started} sent" : $"{_ended} sent, {_started - _ended} open",
            null, SystemClock.Instance.Steady - _start, null, ProgressState.PercentOf(_ended, _isAll ? _started : null)));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] names = Image ?? [];
        string[] paths = LiteralPath ?? [];
        if (names.Length == 0 && paths.Length == 0 && InputObject?.BaseObject is not FileSystemInfo)
        {
            WriteFailure(new InputException(ErrorCatalog.ImageMissing,
                "Image: nothing was given; allowed: a path, URL, data URI or base64 text, "
                + "or an object with one of the properties Image, ImageUrl, Uri, LiteralPath, PSPath or FullName.",
                $"Get-ChildItem *.jpg | Send-KlingImage -WhatIf"), InputObject);
            return;
        }

        _resolver ??= new ImageResolver(SessionState.Path);
        foreach (ImageSource source in _resolver.FindAll(InputObject?.BaseObject, names, paths, (failure, shown) => WriteFailure(failure, shown)))
        {
            try
            {
                Send(source.Load(_files), source.Name);
            }
            catch (ImageException failure)
            {
                WriteFailure(failure, source.Name);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _isAll = true;
        _warnings.SumUp();
        FinishWork();
    }

    private void Send(RequestImage image, string name)
    {
        ValidationReport report = RequestValidator.Validate(new VideoRequest { TaskId = Guid.NewGuid(), Image = image });
        Violation[] violations = image.Kind is ImageKind.Uuid
            ? [new Violation(nameof(Image), name, "an image that was not uploaded yet; a media UUID goes straight to New-KlingVideo")]
            : [.. report.Violations.Where(violation => violation.Parameter == nameof(Image))];
        if (violations.Length > 0)
        {
            WriteFailure(InputException.Of(name, new ValidationReport(violations, [])), name);
            return;
        }

        WriteVerboseLazily(() => $"{name} is taken for {image.Description}.");
        _warnings.Write(name, report.Warnings);
        if (ShouldProcess(name + PriceText.Facts(image), image.Bytes is null ? "Let the service fetch and keep the image" : "Upload the image"))
        {
            Run(() =>
            {
                KlingServices services = KlingSession.Services();
                _started++;
                Bridge.Start(token => SendAsync(services, image, name, token));
                Bridge.Drain(ThrottleLimit - 1);
            }, name);
        }
    }

    private async Task SendAsync(KlingServices services, RequestImage image, string name, CancellationToken token)
    {
        try
        {
            KlingImage kept = await services.Uploader.UploadAsync(image, Force,
                failure => Bridge.Post(() => WriteWarning($"{name}: {failure.Message} The same bytes may be sent again.")), Transfers, token).ConfigureAwait(false);
            Bridge.Post(() =>
            {
                _ended++;
                WriteVerbose(kept.IsReused ? $"{name} was sent at {kept.UploadedAt:u} and is still kept." : $"{name} was sent.");
                WriteObject(kept);
            });
        }
        catch (Exception failure) when (failure is KlingApiException or ImageException)
        {
            Bridge.Post(() =>
            {
                _ended++;
                WriteFailure(failure, name);
            });
        }
    }
}
