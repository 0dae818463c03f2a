using System.Globalization;
using System.Net;

// What a redirect costs when nothing is decided and nothing is kept: the web server alone, with an answer of the length
// of ours, and no routing. What is posted is taken and forgotten, as if it were a collector of telemetry.
//   BareKestrel PORT
var port = int.Parse(args[0], CultureInfo.InvariantCulture);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, port);
    kestrel.AddServerHeader = false;
});
var app = builder.Build();
app.Run(context =>
{
    var response = context.Response;
    if (context.Request.Method == HttpMethods.Post)
    {
        return context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
    }

    response.StatusCode = StatusCodes.Status302Found;
    response.Headers.CacheControl = "no-store";
    response.Headers.Location = "https://www.example.com/products/12345?campaign=spring&clickid=clk_01m83ecbycf3h8e26fdn7ktckv";
    return Task.CompletedTask;
});
await app.RunAsync();
