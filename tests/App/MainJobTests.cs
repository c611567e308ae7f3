using System.Diagnostics;
using System.Net.Sockets;

namespace FuncQueue.App.Tests;

/// <summary>The one command, with no storage configured: an Azurite of its own as azurite.json says, for as long as the app runs.</summary>
public sealed class MainJobTests : IDisposable
{
    private static readonly Dictionary<string, string?> NoStorage = new() { ["FuncQueueStorage"] = null };

    private readonly int tablePort = FreePort();
    private readonly string folder = Directory.CreateTempSubdirectory("funcqueue-main-").FullName;

    public MainJobTests()
    {
        File.WriteAllText(
            Path.Combine(folder, "azurite.json"),
            $$"""{"location":"kept","blobHost":"127.0.0.1","blobPort":0,"queuePort":0,"tablePort":{{tablePort}},"inMemoryPersistence":false}"""
        );
        File.Copy(Path.Combine(Repository.Root, "package-lock.json"), Path.Combine(folder, "package-lock.json"));
    }

    [Fact]
    public async Task It_starts_storage_says_how_to_use_it_keeps_messages_and_stops_both_on_Ctrl_C()
    {
        InstallAzurite();
        await using (var first = await AppProcess.StartAsync(NoStorage, folder))
        {
            first.Output.ShouldContain($"curl -d 'hello' {first.Address}/queues/orders/messages");
            first.Output.ShouldContain($"Storage: Azurite, kept in {Path.Combine(folder, "kept")}");
            first.Output.ShouldNotContain("Installing");
            (await IsListeningAsync()).ShouldBeTrue();
            var client = new ApiClient(first.Address);
            await client.PutAsync("/queues/orders");
            await client.EnqueueAsync("/queues/orders", "kept");
            (await first.InterruptAsync()).ShouldBe(0);
            (await IsListeningAsync()).ShouldBeFalse();
        }

        // An empty setting is as good as none.
        await using var second = await AppProcess.StartAsync(new Dictionary<string, string?> { ["FuncQueueStorage"] = "" }, folder);
        (await new ApiClient(second.Address).DequeueAsync("/queues/orders")).ShouldHaveSingleItem()!["body"]!
            .GetValue<string>()
            .ShouldBe("kept");
        (await second.InterruptAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_killed_app_leaves_no_Azurite_behind()
    {
        InstallAzurite();
        await using var killed = await AppProcess.StartAsync(NoStorage, folder);
        (await IsListeningAsync()).ShouldBeTrue();
        killed.Kill();
        await Until.TrueAsync(async () => !await IsListeningAsync(), "Azurite stops after the app was killed");
    }

    [Fact]
    public async Task A_busy_port_of_storage_is_one_line_and_exit_code_1()
    {
        InstallAzurite();
        using var listener = new TcpListener(IPAddress.Loopback, tablePort);
        listener.Start();
        var (exitCode, output) = await AppProcess.RunInAsync(folder, NoStorage, "--urls", "http://127.0.0.1:0");
        exitCode.ShouldBe(1);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain($"port {tablePort} is in use");
    }

    [Fact]
    public async Task A_busy_port_of_the_functions_is_one_line_and_exit_code_1_and_leaves_no_Azurite_behind()
    {
        InstallAzurite();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        var (exitCode, output) = await AppProcess.RunInAsync(folder, NoStorage, "--urls", url);
        exitCode.ShouldBe(1);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain($"{url} is in use");
        (await IsListeningAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Storage_is_installed_where_it_is_missing_with_a_line_that_says_so_and_only_once()
    {
        // It says how it was called, and puts Azurite where it belongs.
        var environment = await WithNpmAsync(
            $"echo \"$@\" >> '{folder}/calls'\nln -s '{Path.Combine(Repository.Root, "node_modules")}' '{folder}/node_modules'"
        );
        await using (var first = await AppProcess.StartAsync(environment, folder))
        {
            first.Output.ShouldStartWith("Installing Azurite, the local storage (npm ci;");
            await first.InterruptAsync();
        }

        await using var second = await AppProcess.StartAsync(environment, folder);
        second.Output.ShouldNotContain("Installing");
        (await File.ReadAllLinesAsync(Path.Combine(folder, "calls"))).ShouldHaveSingleItem().ShouldStartWith("ci ");
    }

    [Fact]
    public async Task An_installation_that_fails_is_one_line_more_and_exit_code_1()
    {
        var environment = await WithNpmAsync("echo 'no network' >&2\nexit 1");
        var (exitCode, output) = await AppProcess.RunInAsync(folder, environment, "--urls", "http://127.0.0.1:0");
        exitCode.ShouldBe(1);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines.ShouldContain($"npm ci failed in {folder}: no network");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void InstallAzurite() =>
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Repository.Root, "node_modules"));

    /// <summary>An environment whose npm is this script.</summary>
    private async Task<Dictionary<string, string?>> WithNpmAsync(string script)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        var npm = Path.Combine(path, "npm");
        await File.WriteAllTextAsync(npm, $"#!/bin/sh\n{script}\n");
        using var chmod = Process.Start("chmod", ["+x", npm]);
        await chmod.WaitForExitAsync();
        return new Dictionary<string, string?>(NoStorage)
        {
            ["PATH"] = path + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
        };
    }

    private async Task<bool> IsListeningAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, tablePort);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
