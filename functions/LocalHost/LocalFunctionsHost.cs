using FuncQueue.LocalHost.Azurite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace FuncQueue.LocalHost;

/// <summary>The running functions, and the Azurite started for them: it stops after them.</summary>
internal sealed class LocalFunctionsHost(WebApplication app, AzuriteServer? azurite) : IHost, IAsyncDisposable
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
            await ExitAsync($"{app.Configuration[WebHostDefaults.ServerUrlsKey]} is in use by another program. Choose another port with --urls http://127.0.0.1:PORT.");
        }
        catch (StartUpException exception)
        {
            await ExitAsync(exception.Message);
        }

        Welcome.Print(app.Environment.ContentRootPath, app.Urls.First(), azurite);
    }

    private async Task ExitAsync(string line)
    {
        await Console.Error.WriteLineAsync(line);
        await DisposeAsync();
        Environment.Exit(1);
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await app.StopAsync(cancellationToken);
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }
}

/// <summary>What the terminal shows after the start; the App's words, in localhost-welcome.txt.</summary>
internal static class Welcome
{
    public static void Print(string folder, string address, AzuriteServer? azurite)
    {
        var path = Path.Combine(folder, "localhost-welcome.txt");
        var text = File.Exists(path) ? File.ReadAllText(path) : "Listening on {address}. Ctrl+C stops.\n";
        var storage = azurite is null ? "the connection FuncQueueStorage" : azurite.Description;
        Console.Write(text.Replace("{address}", address, StringComparison.Ordinal).Replace("{storage}", storage, StringComparison.Ordinal));
        Console.Out.Flush();
    }
}
