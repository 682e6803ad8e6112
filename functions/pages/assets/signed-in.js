// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
var W=document.documentElement.lang,_={};async function T(){let t=await fetch(`/assets/messages.${W}.json`);if(!t.ok)throw new Error(
`messages: ${t.status}`);_=await t.json()}function v(t){return Object.hasOwn(_,t)}function u(t,e={}){return _[t].replace(
/\{(\w+)\}/g,(n,r)=>e[r])}var l=new URL("/",import.meta.url).href;var G=35e3,c=class extends Error{constructor(e,n,{status:r,retryAfter:o,errors:s=[]}={},a=void 0){super(n,{cause:a}),this.
name="Refusal",this.code=e,this.status=r,this.retryAfter=o,this.errors=s}};async function k(t,e,n){let r=new URL(e,t.endsWith("/")?t:`${t}/`),o=AbortSignal.timeout(G),s;try{s=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:o,...n})}catch(d){let g="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",g,{},d)}if(s.status===204)return null;let a=await s.json().catch(()=>null);if(s.ok&&
a)return a;throw I(s.status,a,s.headers.get("retry-after"))}var J={401:"invalid_token",403:"missing_scope",429:"rate_lim\
ited"};function I(t,e,n=null){let r=t>=500?"service_unavailable":"unexpected_answer",o=e?.code??J[t]??r,s=Number.parseInt(
n??"",10),a=e?.detail??`The server answered ${t}.`,d=Array.isArray(e?.errors)?e.errors:[];return new c(o,a,{status:t,retryAfter:s||
void 0,errors:d})}var z="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",ke={supportedMethods:"secure-payment-\
confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:z},payeeOrigin:"https://merchant.example"}};var ee=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var Ke=[...ee,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var A=new Map;function m({base:t=l}={}){let e={credentials:"same-origin"},n=A.get(t)??k(t,"settings.json",e);return A.set(
t,n),n.catch(()=>A.delete(t)),n}var E="countersign.session",x="countersign.sign-in";var i=class extends Error{constructor(e,n="/"){super(e),this.reason=e,this.returnTo=n}};function h(){let t=sessionStorage.
getItem(E);if(!t)return null;let e=JSON.parse(t);return e.expiresAt>Date.now()?e:(R(),null)}function R(){sessionStorage.
removeItem(E)}async function N(t,e=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new i("unsuppo\
rted");let n=await S(t),r={state:C(),verifier:C(),returnTo:e};sessionStorage.setItem(x,JSON.stringify(r));let o=new URL(
n.authorization_endpoint),s={scope:"openid",...t.sign_in_parameters,response_type:"code",client_id:t.client_id,redirect_uri:L(),
state:r.state,code_challenge:await le(r.verifier),code_challenge_method:"S256"};for(let[a,d]of Object.entries(s))o.searchParams.
set(a,d);location.assign(o)}async function M(t){let e=new URLSearchParams(location.search);history.replaceState(null,"",
location.pathname);let n=JSON.parse(sessionStorage.getItem(x)??"{}");sessionStorage.removeItem(x);let r=ue(n.returnTo);if(!n.
state||e.get("state")!==n.state)throw new i("stale",r);if(e.get("error")==="access_denied")throw new i("cancelled",r);try{
let o=await S(t);se(o,e.get("iss")),await ie(o,t,e.get("code"),n.verifier)}catch(o){throw o instanceof i&&(o.returnTo=r),
o}return r}async function U(t){sessionStorage.clear();let e=new URL("/",location.href),n=await S(t).catch(()=>null);if(!n?.
end_session_endpoint)return location.assign(e);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_i\
d",t.client_id),r.searchParams.set("post_logout_redirect_uri",e.href),r.searchParams.set("logout_uri",e.href),location.assign(
r)}async function S(t){if(!t.issuer||!t.client_id)throw new i("not_set_up");let e=t.issuer.replace(/\/$/,""),{status:n,body:r}=await $(
`${e}/.well-known/openid-configuration`);if(n!==200||r?.issuer!==t.issuer)throw new i("unreachable");return r}function se(t,e){
let n=t.authorization_response_iss_parameter_supported===!0;if(e===null?n:e!==t.issuer)throw new i("refused")}async function ie(t,e,n,r){
if(!n)throw new i("refused");let o=new URLSearchParams({grant_type:"authorization_code",client_id:e.client_id,code:n,code_verifier:r,
redirect_uri:L()}),s=await $(t.token_endpoint,{method:"POST",body:o});if(s.status>=500)throw new i("unreachable");let a=s.
body?.access_token;if(s.status!==200||typeof a!="string")throw new i("refused");let d=(s.body.expires_in??300)-30,g={token:a,
expiresAt:Date.now()+1e3*d,name:ce(s.body.id_token)};sessionStorage.setItem(E,JSON.stringify(g))}async function $(t,e){try{
let n=await fetch(t,{credentials:"omit",referrerPolicy:"no-referrer",...e});return{status:n.status,body:await n.json().catch(
()=>null)}}catch{throw new i("unreachable")}}function ce(t){if(typeof t!="string")return"";try{let e=atob(t.split(".")[1].
replaceAll("-","+").replaceAll("_","/")),n=Uint8Array.from(e,o=>o.charCodeAt(0)),r=JSON.parse(new TextDecoder().decode(n));
return String(r.name??r.preferred_username??r.email??"")}catch{return""}}function ue(t){if(typeof t!="string")return"/";
let e=new URL(t,location.origin);return e.origin===location.origin&&!e.pathname.startsWith("//")?e.pathname+e.search:"/"}
function L(){return new URL("/signed-in",location.href).href}function C(){return D(crypto.getRandomValues(new Uint8Array(
32)))}async function le(t){let e=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(t));return D(new Uint8Array(
e))}function D(t){return btoa(String.fromCharCode(...t)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function f(t){let e=document.getElementById(t);if(!e)throw new Error(`no #${t}`);return e}async function j(t){addEventListener(
"pageshow",e=>e.persisted&&location.reload());try{let[e]=await Promise.all([m(),T()]);de(e),e.stripe_publishable_key.startsWith(
"pk_test_")&&fe(),document.documentElement.dataset.ready="",await t(e)}catch(e){throw document.documentElement.dataset.failed=
"",e}}function fe(){f("test-mode").hidden=!1}function de(t){let{name:e}=h()??{};f("account").hidden=e===void 0,f("accoun\
t-name").textContent=e?u("account.signed_in_as",{name:e}):u("account.signed_in"),f("sign-out").onclick=()=>U(t)}var w="",
O=!1;function B(t,{heading:e,text:n,actions:r=[],notice:o="",code:s=""}){let a=w;w=JSON.stringify([t,s,e,n]),y(o),w!==a&&
(Object.assign(f("status").dataset,{state:t,code:s}),f("heading").textContent=e,document.title=`${e} · ${u("site.name")}`,
f("detail").replaceChildren(...n.map(pe)),f("actions").replaceChildren(...r.map(me))),a!==""&&(O||w!==a)&&f("heading").focus()}
function y(t){f("notice").textContent=t}function pe(t){let e=document.createElement("p");return e.textContent=t,e}function me({
id:t,label:e,quiet:n,href:r,run:o},s){let a=document.createElement(r?"a":"button");return a instanceof HTMLAnchorElement?
a.href=r??"":a.type="button",a.id=t,a.textContent=e,a.className=n?"link":`button ${s===0?"primary":"secondary"}`,a.onclick=
o?()=>he(a,o):null,a}async function he(t,e){if(!O){q(t,!0);try{await e()}catch(n){throw y(u("notice.other",{code:"unexpected"})),n}finally{q(
t,!1),document.activeElement===document.body&&t.focus()}}}function q(t,e){O=e,t.toggleAttribute("data-busy",e);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(e))}function H(t,e){let n=async()=>{y(u("sign_in.opening"));try{await N(t,e),await new Promise(()=>{})}catch(r){if(!(r instanceof
i))throw r;y(u(`sign_in.${r.reason}`))}};return{id:"sign-in",label:u("sign_in.button"),run:n}}j(async t=>{if(!location.search&&h())return location.replace("/");try{location.replace(await M(t))}catch(e){if(!(e instanceof
i))throw e;we(t,e)}});function we(t,{reason:e,returnTo:n}){let r=v(`signed_in.${e}.heading`)?e:"refused",o=r===e?`signed\
_in.${e}.text`:`sign_in.${e}`;B(e,{heading:u(`signed_in.${r}.heading`),text:[u(o)],actions:[H(t,n),{id:"go-home",label:u(
"signed_in.home"),href:"/"}]})}
