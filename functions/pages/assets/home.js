// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
var D=document.documentElement.lang,b={};async function A(){let e=await fetch(`/assets/messages.${D}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);b=await e.json()}function s(e,t={}){return b[e].replace(/\{(\w+)\}/g,(n,r)=>t[r])}var i=new URL("/",import.meta.url).href;var j=35e3,o=class extends Error{constructor(t,n,{status:r,retryAfter:l,errors:a=[]}={},c=void 0){super(n,{cause:c}),this.
name="Refusal",this.code=t,this.status=r,this.retryAfter=l,this.errors=a}};async function x(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),l=AbortSignal.timeout(j),a;try{a=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:l,...n})}catch(d){let L="The request did not reach the server, or its answer w\
as lost.";throw new o("network_error",L,{},d)}if(a.status===204)return null;let c=await a.json().catch(()=>null);if(a.ok&&
c)return c;throw E(a.status,c,a.headers.get("retry-after"))}var B={401:"invalid_token",403:"missing_scope",429:"rate_lim\
ited"};function E(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",l=t?.code??B[e]??r,a=Number.parseInt(
n??"",10),c=t?.detail??`The server answered ${e}.`,d=Array.isArray(t?.errors)?t.errors:[];return new o(l,c,{status:e,retryAfter:a||
void 0,errors:d})}var K="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",_e={supportedMethods:"secure-payment-\
confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:K},payeeOrigin:"https://merchant.example"}};var z=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var Ue=[...z,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var y=new Map;function m({base:e=i}={}){let t={credentials:"same-origin"},n=y.get(e)??x(e,"settings.json",t);return y.set(
e,n),n.catch(()=>y.delete(e)),n}var T="countersign.session",te="countersign.sign-in";var f=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function h(){let e=sessionStorage.
getItem(T);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(v(),null)}function v(){sessionStorage.
removeItem(T)}async function k(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new f("unsuppo\
rted");let n=await P(e),r={state:O(),verifier:O(),returnTo:t};sessionStorage.setItem(te,JSON.stringify(r));let l=new URL(
n.authorization_endpoint),a={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:re(),
state:r.state,code_challenge:await oe(r.verifier),code_challenge_method:"S256"};for(let[c,d]of Object.entries(a))l.searchParams.
set(c,d);location.assign(l)}async function I(e){sessionStorage.clear();let t=new URL("/",location.href),n=await P(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function P(e){if(!e.
issuer||!e.client_id)throw new f("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await ne(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new f("unreachable");return r}async function ne(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new f("unreachable")}}function re(){return new URL("/signed-in",location.href).href}function O(){return C(crypto.getRandomValues(new Uint8Array(
32)))}async function oe(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return C(new Uint8Array(
t))}function C(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function u(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function N(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([m(),A()]);se(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&ae(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function ae(){u("test-mode").hidden=!1}function se(e){let{name:t}=h()??{};u("account").hidden=t===void 0,u("accoun\
t-name").textContent=t?s("account.signed_in_as",{name:t}):s("account.signed_in"),u("sign-out").onclick=()=>I(e)}var M=!1;function g(e){u("notice").textContent=e}async function U(e,t){if(!M){R(e,!0);try{await t()}catch(n){throw g(s("notice.other",{code:"unexpected"})),n}finally{R(e,
!1),document.activeElement===document.body&&e.focus()}}}function R(e,t){M=t,e.toggleAttribute("data-busy",t);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(t))}function $(e,t){let n=async()=>{g(s("sign_in.opening"));try{await k(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
f))throw r;g(s(`sign_in.${r.reason}`))}};return{id:"sign-in",label:s("sign_in.button"),run:n}}var _=u("go-shop");_.hidden=location.hostname!=="localhost";_.hidden||(_.href=`//merchant.${location.host}/`);N(e=>{let t=h(),
n=u("sign-in");n.hidden=t!==null,n.onclick=()=>U(n,()=>$(e).run?.()),u("signed-in-state").textContent=ie(t)});function ie(e){
if(!e)return s("home.signed_out");let{name:t}=e;return t?s("home.signed_in_as",{name:t}):s("home.signed_in")}
