using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>
/// Runs against servers that are measured where they are installed, each started fresh in a folder of its own, on loopback.
/// </summary>
internal static class Servers
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(4);

    public static Run Rabbit(string name, Func<Size, WorkerOrder> order) =>
        Rabbit(
            name,
            async (size, address) =>
                (await WorkerProcess.MeasureAsync(order(size) with { Contender = ContenderKind.Rabbit, Addresses = [address] }))[0]
        );

    /// <param name="measure">Given the broker's address.</param>
    public static Run Rabbit(string name, Func<Size, string, Task<Measurement>> measure, string counted = "messages") =>
        new(
            name,
            async size =>
            {
                // Debian's script changes to this user when it is started by root.
                await using var folder = new Folder("rabbitmq", Environment.UserName == "root" ? "rabbitmq" : null);
                var (port, distribution, daemon) = (FreePort(), FreePort(), FreePort());
                using var environment = new Started();
                // Its own name server, so that none is left behind.
                environment.Add("epmd", ["-address", "127.0.0.1", "-port", Text(daemon)]);
                var broker = environment.AddScript(
                    "rabbitmq-server",
                    ("ERL_EPMD_PORT", Text(daemon)),
                    ("ERL_EPMD_ADDRESS", "127.0.0.1"),
                    ("HOME", folder.Path),
                    ("RABBITMQ_NODENAME", $"benchmark{port}@localhost"),
                    ("RABBITMQ_NODE_PORT", Text(port)),
                    ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                    ("RABBITMQ_DIST_PORT", Text(distribution)),
                    ("RABBITMQ_BASE", folder.Path),
                    ("RABBITMQ_MNESIA_BASE", folder.Path),
                    ("RABBITMQ_LOG_BASE", folder.Path),
                    ("RABBITMQ_ENABLED_PLUGINS_FILE", System.IO.Path.Combine(folder.Path, "none")),
                    ("RABBITMQ_PID_FILE", System.IO.Path.Combine(folder.Path, "pid"))
                );
                await broker.ListensAsync(port, StartTime);
                return await measure(size, $"amqp://guest:guest@127.0.0.1:{port}/");
            }
        )
        {
            Missing = () =>
                Find("rabbitmq-server") is not null && Find("epmd") is not null ? null : "RabbitMQ is not installed (rabbitmq-server).",
            Counted = counted,
        };

    public static Run Postgres(string name, Func<Size, WorkerOrder> order) =>
        new(
            name,
            async size =>
            {
                // It refuses to run as root.
                var user = Environment.UserName == "root" ? "postgres" : null;
                await using var folder = new Folder("postgresql", user);
                var port = FreePort();
                using var environment = new Started();
                var data = System.IO.Path.Combine(folder.Path, "data");
                await environment.RunAsync(user, PostgresBinary("initdb")!, "-D", data, "-U", "benchmark", "-A", "trust");
                var server = environment.AddAs(
                    user,
                    PostgresBinary("postgres")!,
                    "-D",
                    data,
                    "-p",
                    Text(port),
                    "-h",
                    "127.0.0.1",
                    "-k",
                    folder.Path,
                    "-c",
                    "max_connections=200"
                );
                await server.ListensAsync(port, StartTime);
                return (
                    await WorkerProcess.MeasureAsync(
                        order(size) with
                        {
                            Contender = ContenderKind.Postgres,
                            Addresses = [$"Host=127.0.0.1;Port={port};Username=benchmark;Database=postgres"],
                        }
                    )
                )[0];
            }
        )
        {
            Missing = () => PostgresBinary("postgres") is not null ? null : "PostgreSQL is not installed.",
        };

    /// <summary>Redis, which writes what it is told to a file once a second.</summary>
    public static Run Redis(string name, Func<Size, int, Task<Measurement>> measure) =>
        new(
            name,
            async size =>
            {
                await using var folder = new Folder("redis", null);
                var port = FreePort();
                using var environment = new Started();
                var server = environment.Add(
                    Find("redis-server")!,
                    ["--port", Text(port), "--bind", "127.0.0.1", "--dir", folder.Path, "--appendonly", "yes", "--save", ""]
                );
                await server.ListensAsync(port, StartTime);
                return await measure(size, port);
            }
        )
        {
            Missing = () => Find("redis-server") is not null ? null : "Redis is not installed (redis-server).",
            Counted = "records",
        };

    /// <summary>Debian keeps them beside the path.</summary>
    private static string? PostgresBinary(string program)
    {
        const string versions = "/usr/lib/postgresql";
        return Directory.Exists(versions)
            ? Directory
                .GetDirectories(versions)
                .Select(v => System.IO.Path.Combine(v, "bin", program))
                .Where(File.Exists)
                .Order(StringComparer.Ordinal)
                .LastOrDefault()
                ?? Find(program)
            : Find(program);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(folder => System.IO.Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Folder : IAsyncDisposable
    {
        public Folder(string name, string? user)
        {
            Path = Directory.CreateTempSubdirectory($"funcqueue-{name}-").FullName;
            if (user is null)
                return;
            using var chown = Process.Start("chown", [user, Path]);
            chown.WaitForExit();
        }

        public string Path { get; }

        public async ValueTask DisposeAsync()
        {
            // What has just been stopped may still be closing its files.
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    Directory.Delete(Path, recursive: true);
                    return;
                }
                catch (IOException) when (attempt < 20)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
                }
            }
        }
    }
}
