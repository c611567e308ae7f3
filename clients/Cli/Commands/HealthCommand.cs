using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;

namespace FuncQueue.Cli.Commands;

internal static class HealthCommand
{
    public static Command Make() =>
        Commands.Make.Command(
            "health",
            "Ask the server how it is.",
            [],
            async (session, cancellation) =>
            {
                var report = await session.Client.Administration.GetHealthAsync(cancellation);
                session.Print.Thing(new Row().Add("status", report.Status).Add("detail", report.Detail));
                return report.IsHealthy ? ExitCode.Done : ExitCode.Unreachable;
            }
        );
}
