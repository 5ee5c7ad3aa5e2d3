using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kling.Hosting.Service;

/// <summary>An HTTP server on a free port of loopback, for one test.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly WebApplication _app;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Answers each request.</param>
    /// <param name="onConnected">Runs on each new connection before anything is read from it; the connection is closed where it returns false.</param>
    internal TestServer(RequestDelegate answer, Func<CancellationToken, Task<bool>>? onConnected = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (onConnected is not null)
                {
                    listen.Use(next => async connection =>
                    {
                        if (await onConnected(connection.ConnectionClosed))
                        {
                            await next(connection);
                        }
                    });
                }
            });
        });
        _app = builder.Build();
        _app.Run(answer);
        _app.StartAsync().GetAwaiter().GetResult();
        Address = new Uri(_app.Urls.Single() + "/");
    }

    /// <summary>Its root.</summary>
    internal Uri Address { get; }

    /// <summary>Cuts all connections.</summary>
    public void Dispose()
    {
        _app.StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
    }
}
