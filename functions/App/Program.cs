using System.Runtime.CompilerServices;
using FuncQueue.Functions;
using FuncQueue.Functions.Access;
using FuncQueue.LocalHost;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

// A Functions host starts its worker with its own address; started by itself, the app has LocalHost run its functions.
using var host = args.Contains("--functions-uri") ? BuildWorker(args) : BuildLocal(args);
host.Run();

static IHost BuildWorker(string[] args)
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.AddFuncQueue(AccessPlace.FunctionsHost);
    return builder.Build();
}

// A method of its own: LocalHost does not travel to Azure, and whoever compiles a call of it loads it.
[MethodImpl(MethodImplOptions.NoInlining)]
static IHost BuildLocal(string[] args)
{
    var builder = new LocalHostBuilder(args, new GeneratedFunctionMetadataProvider());
    builder.AddFuncQueue(AccessPlace.Local(builder.HasHostKey));
    return builder.Build();
}
