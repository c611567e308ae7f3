using System.Net.Sockets;
using FuncQueue.LocalHost.Azurite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace FuncQueue.LocalHost;

/// <summary>The running functions, and the Azurite started for them: it stops after them.</summary>
internal sealed class LocalApplication(WebApplication app, AzuriteServer? azurite) : IHost, IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    /// <summary>Where the functions listen, once started.</summary>
    public IReadOnlyCollection<string> Addresses => [.. app.Urls];

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await ExitAsync(
                $"{app.Configuration[WebHostDefaults.ServerUrlsKey]} is in use by another program. Choose another port with "
                    + "--urls http://127.0.0.1:PORT."
            );
        }
        catch (StartUpException exception)
        {
            await ExitAsync(exception.Message);
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or FormatException or ArgumentException or InvalidOperationException)
        {
            // An address that is none or not this machine's, a connection string that is none.
            await ExitAsync($"FuncQueue could not start: {exception.Message.ReplaceLineEndings(" ")}");
        }

        Welcome.Print(app.Environment.ContentRootPath, app.Urls.First(), azurite);
    }

    private async Task ExitAsync(string line)
    {
        await Console.Error.WriteLineAsync(line);
        await DisposeAsync();
        Environment.Exit(1);
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => app.StopAsync(cancellationToken);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>The functions finish their writes when they are disposed of, so storage goes last.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }
}
