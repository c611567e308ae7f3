using FuncQueue.Functions.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Access;

internal static class AccessServices
{
    /// <summary>What decides who may do what.</summary>
    public static IServiceCollection AddFuncQueueAccess(this IServiceCollection services, IConfiguration configuration, AccessPlace place)
    {
        services.AddSingleton(place);
        services.AddSingleton<KnownRoutes>();
        services.AddSingleton(EntraOptions.Read(configuration));
        services.AddSingleton<EntraTokens>();
        services.AddSingleton<Audit>();
        services.AddSingleton<Authorizer>();
        // Told whatever else is not: who was refused, and who changed what.
        services.AddLogging(logging => logging.AddFilter(Audit.Category, LogLevel.Information));
        return services;
    }
}
